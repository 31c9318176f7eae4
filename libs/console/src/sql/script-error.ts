import { AppError } from '#libs/kernel'
import { consoleErrors } from '../console.errors.ts'

/** What node-postgres puts into the error of a refused statement. */
interface PostgresFailure {
  readonly severity: string
  readonly code: string
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  readonly position?: string
  readonly where?: string
}

/** An error of the owner's script, with the place in it. Anything else means that the connection broke. */
export function asScriptError(error: unknown, script: string): AppError {
  if (error instanceof AppError) return error
  const failure = error as Partial<PostgresFailure>
  if (typeof failure.code !== 'string' || typeof failure.severity !== 'string') return consoleErrors.database_unavailable({ cause: error })
  const position = failure.position === undefined ? undefined : Number(failure.position)
  const hint = failure.hint ?? ownHint(failure.code, failure.message ?? '', script, position)
  return consoleErrors.sql_failed({
    params: { message: failure.message ?? 'Postgres refused the script' },
    ...(hint === undefined ? {} : { hint }),
    extra: {
      sqlstate: failure.code,
      ...(position === undefined ? {} : { position, line: lineAt(script, position) }),
      ...(failure.detail === undefined && failure.where === undefined
        ? {}
        : { detail: [failure.detail, failure.where].filter(Boolean).join('\n') }),
    },
  })
}

/** The line of a position; Postgres counts characters (code points) from 1. */
export function lineAt(script: string, position: number): number {
  let line = 1
  let seen = 1
  for (const character of script) {
    if (seen++ >= position) break
    if (character === '\n') line++
  }
  return line
}

/** Words for the failures that Postgres explains least. */
function ownHint(sqlstate: string, message: string, script: string, position: number | undefined): string | undefined {
  if (sqlstate === '25001') return 'This statement cannot be part of a transaction: run it alone, as the owner and not as a role.'
  if (message.includes('COPY') && message.toLowerCase().includes('stdin'))
    return 'Dump with pg_dump --inserts, or insert the rows by INSERT.'
  if (sqlstate === '42601' && position !== undefined && Array.from(script)[position - 1] === '\\') {
    return 'Lines that begin with a backslash are commands of psql, not SQL: remove them.'
  }
  return undefined
}
