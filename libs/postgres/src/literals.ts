// Arrays and composite values as text that Postgres reads back into the very same values: each element and each attribute goes
// through its own input function. Written in one place for all dialects.

/** An element's text, null, or a further dimension. */
export type ArrayItem = string | null | readonly ArrayItem[]

/** `{"a","b",NULL}`: an array literal of Postgres. Every element is quoted, which no type minds. */
export function arrayLiteral(items: readonly ArrayItem[]): string {
  return `{${items.map(elementText).join(',')}}`
}

/** `("a","b",,"d")`: a composite value, by its attributes in their order; null leaves its place empty. */
export function recordLiteral(attributes: readonly (string | null)[]): string {
  return `(${attributes.map((text) => (text === null ? '' : `"${text.replace(/["\\]/g, '$&$&')}"`)).join(',')})`
}

function elementText(item: ArrayItem): string {
  if (item === null) return 'NULL'
  return typeof item === 'string' ? `"${item.replace(/["\\]/g, '\\$&')}"` : arrayLiteral(item)
}
