// State of planning one operation: its fragments and variables, and the budget that it may spend.
import type { FragmentDefinitionNode } from 'graphql'
import { GraphQLFailure, graphqlErrors } from '../graphql.errors.ts'
import type { RoleModel } from '../model/role-model.ts'
import type { Inputs, Variables } from './inputs.ts'

/** Limits of one document. */
export interface DocumentLimits {
  /** Levels of fields; introspection is not counted. */
  readonly depthMax: number
  /** See {@link Planning.list}. */
  readonly costMax: number
  /** Most rows of a list; Infinity for no limit. */
  readonly rowsMax: number
}

/** How many rows a list counts as: few lists hold only so many, but it is the nesting that makes a query dear. */
const ROWS_PER_LIST = 5

/** One operation being planned. */
export class Planning {
  private cost = 0
  private factor = 1
  private depth = 0
  /** Variables whose text became part of the plan: their values belong to its key. */
  readonly literalVariables = new Set<string>()

  constructor(
    readonly model: RoleModel,
    readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    readonly inputs: Inputs,
    readonly variables: Variables,
    readonly limits: DocumentLimits,
  ) {}

  /** Adds to the cost: `amount` for each row that the lists around it may give. */
  spend(amount: number, location: string): void {
    this.cost += amount * this.factor
    if (this.cost <= this.limits.costMax) return
    const { message } = graphqlErrors.cost_exceeded({ params: { max: this.limits.costMax } })
    throw new GraphQLFailure(message, 'validation-failed', location)
  }

  /** Runs `work` one level deeper. */
  nested<T>(location: string, work: () => T): T {
    this.depth += 1
    if (this.depth > this.limits.depthMax) {
      const { message } = graphqlErrors.depth_exceeded({ params: { depth: this.depth, max: this.limits.depthMax } })
      throw new GraphQLFailure(message, 'validation-failed', location)
    }
    const result = work()
    this.depth -= 1
    return result
  }

  /** Runs `work` for the rows of a list: what it spends counts as often as the list has rows, at most {@link ROWS_PER_LIST} times. */
  list<T>(limit: number | undefined, work: () => T): T {
    const rows = Math.max(1, Math.min(limit ?? ROWS_PER_LIST, ROWS_PER_LIST))
    this.factor *= rows
    const result = work()
    this.factor /= rows
    return result
  }
}
