// How lists of a request become values of array columns: text that Postgres reads, written in one place for all dialects.

/** An element's text, null, or a further dimension. */
export type ArrayItem = string | null | readonly ArrayItem[]

/** `{"a","b",NULL}`: an array literal of Postgres. Every element is quoted, which no type minds. */
export function arrayLiteral(items: readonly ArrayItem[]): string {
  return `{${items.map(elementText).join(',')}}`
}

function elementText(item: ArrayItem): string {
  if (item === null) return 'NULL'
  return typeof item === 'string' ? `"${item.replace(/["\\]/g, '\\$&')}"` : arrayLiteral(item)
}
