// Request trees made by hand, compiled and run on a real Postgres as a request's role: for what no dialect has words for
// (yet), and without a dialect between.
import { createLogger, systemClock } from '#libs/kernel'
import { CatalogService, type Column, type ComputedColumn, type DatabaseFunction, type Relation } from '#libs/catalog'
import {
  reverseLink,
  toOneLink,
  type AggregateCall,
  type FieldNode,
  type FilterNode,
  type Operand,
  type OrderNode,
  type Plan,
  type ReadableColumn,
  type ReadNode,
  type RelationshipLink,
  type ValueNode,
} from '#libs/query'
import { createTestDatabase, type TestDatabase } from '#test/postgres'

const logger = createLogger({ level: 'fatal', pretty: false })

/** What a plan answered: its columns by name; `json` is the parsed body. */
export interface Answered {
  readonly json: any // eslint-disable-line typescript/no-explicit-any -- a test reads any answer
  readonly [column: string]: string | null
}

/** A database with a catalog over it. */
export class Compiler implements AsyncDisposable {
  private constructor(
    readonly db: TestDatabase,
    private readonly service: CatalogService,
  ) {}

  static async start(schema: string): Promise<Compiler> {
    const db = await createTestDatabase()
    await db.sql(schema)
    const service = new CatalogService(db.platform, { schemas: ['public'], pollIntervalMs: 60_000 }, logger, systemClock)
    await service.onModuleInit()
    return new Compiler(db, service)
  }

  /** Reads the schema again, after the test changed it. */
  async reload(): Promise<void> {
    await this.service.reload()
  }

  relation(name: string): Relation {
    return this.service.current().findRelation('public', name)!
  }

  function(name: string): DatabaseFunction {
    return this.service.current().functions.get(`public.${name}`)![0]!
  }

  /** A column, or a function over the row that is read like one. */
  column(relation: string, name: string): ReadableColumn {
    const real = this.relation(relation).columnsByName.get(name)
    return real ?? this.computed(name)
  }

  realColumn(relation: string, name: string): Column {
    return this.relation(relation).columnsByName.get(name)!
  }

  private computed(name: string): ComputedColumn {
    const fn = this.function(name)
    return { kind: 'computed', name, type: fn.returnType, function: fn, comment: null }
  }

  /** Fields by name; `alias:name` renames. */
  fields(relation: string, names: string): FieldNode[] {
    return names.split(' ').map((word) => {
      const [name, key = name] = word.split(':').reverse() as [string, string?]
      return { kind: 'column', key, column: this.column(relation, name) }
    })
  }

  aggregate(relation: string, fn: AggregateCall['function'], name?: string, more: Partial<AggregateCall> = {}): FieldNode {
    const columns = name === undefined ? [] : [this.column(relation, name)]
    return { kind: 'aggregate', call: { key: fn, function: fn, columns, ...more } }
  }

  /** The link from a table over its foreign key column. */
  up(relation: string, column: string): RelationshipLink {
    return toOneLink(this.relation(relation).foreignKeys.find(({ columns }) => columns.includes(column))!)
  }

  /** The link to the rows of `child` that point here. */
  down(child: string, column: string): RelationshipLink {
    return reverseLink(this.relation(child).foreignKeys.find(({ columns }) => columns.includes(column))!)
  }

  read(relation: string, fields: readonly FieldNode[], more: Partial<ReadNode> = {}): ReadNode {
    return { kind: 'read', relation: this.relation(relation), fields, order: [], ...more }
  }

  embed(
    link: RelationshipLink,
    fields: readonly FieldNode[],
    more: Partial<ReadNode> & { readonly spread?: boolean; readonly key?: string } = {},
  ): FieldNode {
    const { spread = false, key = link.target.name, ...rest } = more
    return { kind: 'relation', key, link, required: false, spread, read: this.read(link.target.name, fields, rest) }
  }

  order(relation: string, name: string, direction: 'asc' | 'desc' = 'asc', more: Partial<Operand> = {}): OrderNode {
    return { operand: { kind: 'operand', column: this.column(relation, name), ...more }, direction }
  }

  equal(relation: string, name: string, text: string): FilterNode {
    return { kind: 'compare', operand: { kind: 'operand', column: this.column(relation, name) }, operator: 'eq', value: value(text) }
  }

  /** Runs a plan as a role; `sub` becomes the user of the claims. */
  async run(plan: Plan, role = 'service_role', sub?: string): Promise<Answered> {
    const [row] = await this.rows(plan, role, sub)
    return row!
  }

  async rows(plan: Plan, role = 'service_role', sub?: string): Promise<Answered[]> {
    const statement = { text: plan.text, values: plan.parameters.map(({ value: text }) => text) }
    const result = await this.db.request.run(contextOf(role, sub), statement)
    return result.rows.map((row) => answered(plan, row))
  }

  /** Runs plans in one transaction. */
  sequence(plans: readonly Plan[], role = 'service_role', sub?: string): Promise<Answered[]> {
    return this.db.request.transaction(contextOf(role, sub), async (tx) => {
      const answers: Answered[] = []
      for (const plan of plans) {
        const { rows } = await tx.run({ text: plan.text, values: plan.parameters.map(({ value: text }) => text) })
        answers.push(answered(plan, rows[0]!))
      }
      return answers
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.onModuleDestroy()
    await this.db.dispose()
  }
}

export function value(text: string | null): ValueNode {
  return { kind: 'value', value: text }
}

function contextOf(role: string, sub: string | undefined) {
  return { role, claimsJson: JSON.stringify({ role, sub }), readOnly: false }
}

function answered(plan: Plan, row: readonly (string | null)[]): Answered {
  const named = Object.fromEntries(plan.columns.map((name, i) => [name, row[i]!]))
  return { ...named, json: parsed(named['body'] ?? null) } as Answered
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return undefined
  }
}
