// The inserts of nested rows run before a plan's own statement, in the same transaction and round trip.
import type { Relation } from '#libs/catalog'
import { DatabaseError, type Statement, type StatementResult } from '#libs/postgres'
import { unmatchedRows, type Plan } from '#libs/query'
import { restError } from '../rest.errors.ts'

/** Inserts that go first, and where each of them inserts. */
export interface NestedInserts {
  readonly steps: readonly Plan[]
  readonly relations: readonly Relation[]
}

/** The inserts, then `own` and what follows it. All of them take the same values: the body. */
export function behindInserts({ steps }: NestedInserts, own: Statement, valuesOf: (plan: Plan) => Statement['values']): Statement {
  const [first, ...others] = steps.map((plan) => ({ text: plan.text, values: valuesOf(plan) }))
  const { after = [], ...last } = own
  return first === undefined ? own : { ...first, after: [...others, last, ...after] }
}

/** What `own` and those that follow it gave. */
export function resultBehindInserts({ steps }: NestedInserts, result: StatementResult): StatementResult {
  const after = result.after ?? []
  return { ...result, rows: after[steps.length - 1] ?? [], after: after.slice(steps.length) }
}

/** A trigger that leaves a row out would give its nested rows to another one: such an insert is refused as a whole. */
export function unmatchedRefusal({ relations }: NestedInserts, error: unknown): Error | undefined {
  const unmatched = error instanceof DatabaseError ? unmatchedRows(error) : undefined
  if (unmatched === undefined) return undefined
  const { step, given, rows } = unmatched
  return restError('unmatched_rows', { table: relations[step]?.name ?? '', given, rows })
}
