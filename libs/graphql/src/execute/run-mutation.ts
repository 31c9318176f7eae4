// Runs the root fields of a mutation in document order. All their statements go in one round trip and one implicit
// transaction, so that the first failure undoes them all.
import { callerAgain, DatabaseError, type RequestContext, type Statement, type StatementResult } from '#libs/postgres'
import { unmatchedRows } from '#libs/query'
import { GraphQLFailure } from '../graphql.errors.ts'
import type { Variables } from '../plan/inputs.ts'
import type { MutationStatement, MutationStep } from '../plan/writes/mutation-steps.ts'
import { asGraphQLFailure } from './database-failures.ts'
import { statementOf } from './statements.ts'

/** What a mutation needs of the database. */
export interface MutationDatabase {
  run(context: RequestContext, statement: Statement): Promise<StatementResult>
}

const noValues = (): Promise<ReadonlyMap<string, string>> => Promise.resolve(new Map())

/** Runs the steps and gives the answer's JSON text. Throws GraphQLFailure with the path of the field that failed. */
export async function runMutation(
  database: MutationDatabase,
  context: RequestContext,
  steps: readonly MutationStep[],
  variables: Variables,
  authenticated: boolean,
  handWritten: () => Promise<ReadonlyMap<string, string>> = noValues,
): Promise<string> {
  const statements = statementsOf(steps)
  let at: MutationStatement | undefined
  try {
    const [first, ...others] = statements.map((statement) => {
      at = statement
      return statement === undefined ? callerAgain(context) : statementOf(statement.plan, variables, context)
    })
    at = undefined
    if (first === undefined) return `{"data":${answerOf(steps, await handWritten(), () => 'null')}}`
    const result = await database.run(context, others.length === 0 ? first : { ...first, after: others })
    // The database has committed: its part stays, also when a resolver fails.
    const values = await handWritten()
    let next = 0
    return `{"data":${answerOf(steps, values, () => {
      if (statements[next] === undefined) next += 1
      const rows = next === 0 ? result.rows : result.after![next - 1]!
      next += 1
      return rows[0]?.[0] ?? 'null'
    })}}`
  } catch (error) {
    const failed = error instanceof DatabaseError && error.statement !== undefined ? statements[error.statement] : at
    throw refusalOf(failed, error) ?? asGraphQLFailure(error, failed?.path ?? '$', authenticated)
  }
}

/** The statements of all root fields; undefined between two fields, where the caller's role and claims are set again. */
function statementsOf(steps: readonly MutationStep[]): (MutationStatement | undefined)[] {
  const statements: (MutationStatement | undefined)[] = []
  for (const step of steps) {
    if (step.kind === 'constant' || step.statements.length === 0) continue
    if (statements.length > 0) statements.push(undefined)
    statements.push(...step.statements)
  }
  return statements
}

/** `{"key": value, …}`; `bodyOf` gives the statements' first columns in order. */
function answerOf(steps: readonly MutationStep[], handWritten: ReadonlyMap<string, string>, bodyOf: () => string): string {
  const pairs = steps.map((step) => {
    if (step.kind === 'constant') return `${JSON.stringify(step.key)}:${handWritten.get(step.key) ?? step.json}`
    const bodies: string[] = []
    for (const { answers } of step.statements) {
      const body = bodyOf()
      if (answers) bodies.push(body)
    }
    return `${JSON.stringify(step.key)}:${step.kind === 'many' ? `[${bodies.join(',')}]` : bodies.join('')}`
  })
  return `{${pairs.join(',')}}`
}

/** A row that others hang on was not inserted: on_conflict or a trigger left it out. */
function refusalOf(failed: MutationStatement | undefined, error: unknown): GraphQLFailure | undefined {
  if (failed?.unmatched === undefined || !(error instanceof DatabaseError) || unmatchedRows(error) === undefined) return undefined
  return new GraphQLFailure(failed.unmatched, 'not-supported', failed.path, 400, false, error)
}
