// SQL around a request's own statement. What the request asks for is made by libs/query.
/** What a function left for the response. */
export const RESPONSE_SETTINGS = `select nullif(current_setting('response.headers', true), ''), nullif(current_setting('response.status', true), '')`

/** A transaction that will be undone says now what COMMIT would have refused. */
export const CHECK_CONSTRAINTS = 'set constraints all immediate'

/** A step of a batch is a request to the database's functions too. Values: method and path. */
export const STEP_SETTINGS = `select set_config('request.method', $1, true), set_config('request.path', $2, true)`

/** Between steps: role, claims and so many further settings as they were. A function may have changed them for its transaction. */
export function settingsAgain(further: number): string {
  const names = Array.from({ length: further }, (_, i) => `, set_config($${i * 2 + 3}, $${i * 2 + 4}, true)`)
  return `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)${names.join('')}`
}

/** Around a step that only reads, in a transaction that also writes: undoing it gives the transaction its mode back. */
export const BEGIN_READING = 'savepoint reading'
export const READ_ONLY = 'set local transaction_read_only = on'
export const END_READING = 'rollback to savepoint reading'

/** Time zones by name, in lower case as Postgres compares them. */
export const TIMEZONES = 'select lower(name) as name from pg_catalog.pg_timezone_names'
