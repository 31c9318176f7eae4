// What Relay's clients hand back: global ids and cursors. Both are base64 of JSON and are read with care, because anybody
// can write them.
import { validationFailed } from '../../graphql.errors.ts'

/** A row by its table and primary key; the key's values as text. */
export interface GlobalId {
  readonly schema: string
  readonly table: string
  readonly key: readonly string[]
}

/** Reads `[1, schema, table, primary key…]`. */
export function decodeGlobalId(id: unknown, location: string): GlobalId {
  const parts = typeof id === 'string' ? fromBase64(id) : undefined
  const fail = () => validationFailed('invalid node id', location)
  if (!Array.isArray(parts)) throw fail()
  const [version, schema, table, ...key] = parts as readonly unknown[]
  const isKnown = version === 1 && typeof schema === 'string' && typeof table === 'string' && key.length > 0
  if (!isKnown || !key.every((value) => ['string', 'number', 'boolean'].includes(typeof value))) throw fail()
  return { schema, table, key: key.map(String) }
}

/** The value of one key in a cursor, which must have been made under the same order. */
export function cursorValue(cursor: unknown, name: string, names: readonly string[], location: string): string | null {
  const values = typeof cursor === 'string' ? fromBase64(cursor) : undefined
  const fail = () => validationFailed('the cursor is invalid: it was not made by this list in this order', location)
  if (typeof values !== 'object' || values === null || Array.isArray(values)) throw fail()
  const keys = Object.keys(values)
  if (keys.length !== names.length || !names.every((each) => Object.hasOwn(values, each))) throw fail()
  const value: unknown = (values as Record<string, unknown>)[name]
  if (value !== null && typeof value !== 'string') throw fail()
  return value
}

/** Long numbers are kept as text: a JavaScript number would round them. */
function fromBase64(text: string): unknown {
  try {
    const json = Buffer.from(text, 'base64').toString('utf8')
    return JSON.parse(json.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}/g, (found) => (found.startsWith('"') ? found : `"${found}"`)))
  } catch {
    return undefined
  }
}
