// How values are written into a filter: as PostgREST reads them.

/** A value after `operator.`: arrays as Postgres array literals, objects as JSON, dates in ISO form. */
export function plain(value: unknown): string {
  if (Array.isArray(value)) return arrayLiteral(value)
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return String(value)
}

/** `{a,"b,c"}`: quotes what Postgres would take apart. */
export function arrayLiteral(values: readonly unknown[]): string {
  return `{${values.map((value) => (value === null ? 'null' : Array.isArray(value) ? arrayLiteral(value) : element(value))).join(',')}}`
}

function element(value: unknown): string {
  const text = plain(value)
  return text === '' || /[\s,{}"\\]/.test(text) || /^null$/i.test(text) ? quoted(text) : text
}

/** An item of `in.(…)`: quoted when it holds a character of the list's own syntax. */
export function listItem(value: unknown): string {
  const text = plain(value)
  return /[,()"\\]/.test(text) || text !== text.trim() || text === '' ? quoted(text) : text
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
