// Runs the root fields of a mutation in document order. All their statements go in one round trip and one implicit
// transaction, so that the first failure undoes them all.
import { DatabaseError, type RequestContext, type Statement, type StatementResult } from '#libs/postgres'
import { unmatchedRows } from '#libs/query'
import { GraphQLFailure } from '../graphql.errors.ts'
import type { Variables } from '../plan/inputs.ts'
import type { MutationStatement, MutationStep } from '../plan/mutation-steps.ts'
import { asGraphQLFailure } from './database-failures.ts'
import { statementOf } from './statements.ts'

/** What a mutation needs of the database. */
export interface MutationDatabase {
  run(context: RequestContext, statement: Statement): Promise<StatementResult>
}

/** Runs the steps and gives the answer's JSON text. Throws GraphQLFailure with the path of the field that failed. */
export async function runMutation(
  database: MutationDatabase,
  context: RequestContext,
  steps: readonly MutationStep[],
  variables: Variables,
  authenticated: boolean,
): Promise<string> {
  const statements = steps.flatMap((step) => (step.kind === 'constant' ? [] : step.statements))
  let at: MutationStatement | undefined
  try {
    const [first, ...others] = statements.map((statement) => {
      at = statement
      return statementOf(statement.plan, variables, context)
    })
    at = undefined
    if (first === undefined) return `{"data":${answerOf(steps, () => 'null')}}`
    const result = await database.run(context, others.length === 0 ? first : { ...first, after: others })
    let next = 0
    return `{"data":${answerOf(steps, () => {
      const rows = next === 0 ? result.rows : result.after![next - 1]!
      next += 1
      return rows[0]?.[0] ?? 'null'
    })}}`
  } catch (error) {
    const failed = error instanceof DatabaseError && error.statement !== undefined ? statements[error.statement] : at
    throw refusalOf(failed, error) ?? asGraphQLFailure(error, failed?.path ?? '$', authenticated)
  }
}

/** `{"key": value, …}`; `bodyOf` gives the statements' first columns in order. */
function answerOf(steps: readonly MutationStep[], bodyOf: () => string): string {
  const pairs = steps.map((step) => {
    if (step.kind === 'constant') return `${JSON.stringify(step.key)}:${step.json}`
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
