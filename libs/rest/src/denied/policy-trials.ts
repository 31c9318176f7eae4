// Policies tried on rows: existing ones at their places, new ones as a write leaves them. The owner's role runs the
// trials, with the user's claims; nothing that they change stays.
import type { Relation } from '#libs/catalog'
import { DatabaseError, type RequestContext, type RequestDatabase, type Statement } from '#libs/postgres'
import type { Command, PolicyCheck, PolicyResult } from './denied-report.ts'
import { countOfNewRows, countOfPlaces } from './denied.sql.ts'

/** A policy as Postgres keeps it. */
export interface Policy {
  readonly name: string
  /** `r a w d`, or `*` for all. */
  readonly command: string
  readonly permissive: boolean
  readonly roles: readonly string[]
  /** Is it for the user's role? */
  readonly applies: boolean
  readonly using: string | null
  readonly check: string | null
}

/** Rows to try policies on: the SQL of their places or of the write, and its values. */
export interface Rows {
  readonly kind: 'existing' | 'new'
  readonly text: string
  readonly values: readonly (string | null)[]
}

const letters: Readonly<Record<Command, string>> = { SELECT: 'r', INSERT: 'a', UPDATE: 'w', DELETE: 'd' }

/** Sub-selects and the caller's name mean something else under another role; so may tables that functions read, which the text does not show. */
const dependsOnRole = /\bselect\b|current_user|session_user|current_role|\buser\b|pg_has_role|has_\w+_privilege/i

/** Tries the policies of one command. `withCheck`: the rows are what the command leaves behind. */
export async function tryPolicies(
  database: RequestDatabase,
  context: RequestContext,
  relation: Relation,
  policies: readonly Policy[],
  trial: { readonly command: Command; readonly withCheck: boolean; readonly rows: Rows },
): Promise<PolicyCheck> {
  const { command, rows } = trial
  const own = policies.filter((policy) => policy.command === letters[command] || policy.command === '*')
  const applied = own.filter(({ applies }) => applies)
  // A policy without an expression for new rows uses the one for existing rows, and one without any lets all through.
  const expressions = applied.map(({ using, check }) => (trial.withCheck ? (check ?? using) : using) ?? 'true')
  const count = (of: readonly string[]) => countRows(database, context, relation, rows, of)
  const combined = combine(applied, expressions)
  const whole = await count([combined, ...expressions])
  const counts = 'error' in whole ? undefined : whole.counts
  const single =
    counts === undefined && rows.kind === 'existing' ? await Promise.all(expressions.map((expression) => count([expression]))) : []
  return {
    command,
    rows: rows.kind,
    examined: counts?.[0] ?? null,
    passed: counts?.[1] ?? null,
    policies: applied.map(({ name, permissive, roles }, i): PolicyResult => {
      const expression = expressions[i]!
      const alone = single[i]
      const passed = counts?.[i + 2] ?? (alone !== undefined && 'counts' in alone ? alone.counts[1]! : null)
      const error = alone !== undefined && 'error' in alone ? alone.error : undefined
      return { name, permissive, roles, expression, passed, exact: !dependsOnRole.test(expression), error }
    }),
    forOtherRoles: own.filter(({ applies }) => !applies).map(({ name }) => name),
    error: 'error' in whole ? whole.error : undefined,
  }
}

/** As Postgres combines them: one permissive policy at least, and all restrictive ones. */
function combine(policies: readonly Policy[], expressions: readonly string[]): string {
  const of = (permissive: boolean) =>
    expressions.filter((_, i) => policies[i]!.permissive === permissive).map((expression) => `(${expression})`)
  const [some, all] = [of(true), of(false)]
  if (some.length === 0) return 'false'
  return [`(${some.join(' or ')})`, ...all].join(' and ')
}

type Counts = { readonly counts: readonly number[] } | { readonly error: string }

async function countRows(
  database: RequestDatabase,
  context: RequestContext,
  relation: Relation,
  rows: Rows,
  expressions: readonly string[],
): Promise<Counts> {
  const text = (rows.kind === 'existing' ? countOfPlaces : countOfNewRows)(relation, rows.text, expressions)
  try {
    const result = await undone(database, { ...context, readOnly: rows.kind === 'existing' }, { text, values: rows.values })
    return { counts: (result[0] ?? []).map(Number) }
  } catch (error) {
    if (error instanceof DatabaseError) return { error: error.message }
    throw error
  }
}

/** Runs a statement in a transaction that is rolled back. */
export function undone(
  database: RequestDatabase,
  context: RequestContext,
  statement: Statement,
): Promise<readonly (readonly (string | null)[])[]> {
  return database.transaction(context, async (tx) => {
    tx.setRollbackOnly()
    return (await tx.run(statement)).rows
  })
}
