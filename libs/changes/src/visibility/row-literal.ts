// Rows as text that Postgres reads back into the very same values: composite literals in an array literal, so that
// each column goes through its own input function.

/** `("a","b",,"d")`: null is an empty field. */
export function rowLiteral(values: readonly (string | null)[]): string {
  return `(${values.map((value) => (value === null ? '' : `"${value.replace(/["\\]/g, '$&$&')}"`)).join(',')})`
}

/** `{"(…)","(…)"}`. */
export function rowArrayLiteral(rows: readonly string[]): string {
  return `{${rows.map((row) => `"${row.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
