// A write whose number of rows decides whether it may stay: the statement itself refuses any other number. It then needs
// no transaction of its own around it, which would cost two more round trips.

/** How many rows a statement may touch or give: exactly so many, or at most. */
export type RowGuard = { readonly exactly: number } | { readonly atMost: number }

const MARK = 'plinth.rows='
const marked = new RegExp(`"${MARK.replace('.', '\\.')}(\\d+)"`)

/** The count, or with a guard an expression that fails when the count is not allowed: no number is written like the mark. */
export function rowCount(guard: RowGuard | undefined, count = 'count(*)'): string {
  if (guard === undefined) return count
  const allowed = 'exactly' in guard ? `${count} = ${whole(guard.exactly)}` : `${count} <= ${whole(guard.atMost)}`
  return `case when ${allowed} then ${count} else ('${MARK}' || ${count})::int8 end`
}

/**
 * How many rows a guarded statement had when the guard refused it; undefined for any other error. A value of a request
 * may look like the mark, so the caller asks only about statements that it has guarded.
 */
export function guardedRows(error: { readonly sqlstate: string; readonly message: string }): number | undefined {
  const found = error.sqlstate === '22P02' ? marked.exec(error.message) : null
  return found === null ? undefined : Number(found[1])
}

function whole(rows: number): string {
  if (!Number.isSafeInteger(rows) || rows < 0) throw new TypeError('a row count must be a whole number')
  return String(rows)
}
