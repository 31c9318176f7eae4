// JSON that keeps numbers as they are written (1.50 is not 1.5).

export type Json = string | boolean | null | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

/** Numbers become strings that begin with a control character. */
export function parseExact(text: string): Json {
  return JSON.parse(
    text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) => (token.startsWith('"') ? token : `"\\u0001${token}"`)),
  ) as Json
}

/** One text for values that are the same: keys sorted. */
export function plainText(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(plainText).join(',')}]`
  return `{${Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${plainText(value[key]!)}`)
    .join(',')}}`
}
