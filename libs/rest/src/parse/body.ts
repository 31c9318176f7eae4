// The JSON body of a write. It is parsed only to be checked and to learn its keys: the text itself goes to Postgres.
import { restError } from '../rest.errors.ts'

/** Deeper bodies would exhaust Postgres' own parser. */
const DEPTH_MAX = 256
/** No table of Postgres has more columns, and no function more arguments. */
const KEYS_MAX = 1_600

/** A checked body. `rows` is the text as a JSON array, `object` that of the only object. */
export interface JsonBody {
  readonly text: string
  readonly isArray: boolean
  readonly rowCount: number
  /** Keys that all objects have, in the order of the first. */
  readonly keys: readonly string[]
}

function invalid(reason = 'Empty or invalid json') {
  return restError('PGRST102', { reason })
}

/** Parses an object or an array of objects. With `uniform`, all objects must have the same keys. */
export function parseJsonBody(text: string, uniform: boolean): JsonBody {
  checkSize(text)
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw invalid()
  }
  const isArray = Array.isArray(parsed)
  const rows = (isArray ? parsed : [parsed]) as unknown[]
  for (const row of rows) if (row === null || typeof row !== 'object' || Array.isArray(row)) throw invalid()
  const keys = rows.length === 0 ? [] : Object.keys(rows[0] as object)
  if (uniform) for (const row of rows) if (!hasSameKeys(row as object, keys)) throw invalid('All object keys must match')
  return { text, isArray, rowCount: rows.length, keys }
}

/** The body as an array's text. */
export function rowsText(body: JsonBody): string {
  return body.isArray ? body.text : `[${body.text}]`
}

/** The body as one object's text: an array of one object loses its brackets, and nothing is written anew, so numbers keep their digits. */
export function objectText(body: JsonBody): string {
  return body.isArray ? body.text.slice(body.text.indexOf('{'), body.text.lastIndexOf('}') + 1) : body.text
}

function hasSameKeys(row: object, keys: readonly string[]): boolean {
  const own = Object.keys(row)
  return own.length === keys.length && keys.every((key, i) => own[i] === key || Object.hasOwn(row, key))
}

/** Looks before JSON.parse does, which takes half a second for a body that is nothing but keys. */
function checkSize(text: string): void {
  let depth = 0
  let rowDepth = 0
  let keys = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 34) {
      i = endOfString(text, i)
      continue
    }
    if (code === 91 || code === 123) {
      if (++depth > DEPTH_MAX) throw restError('too_complex', { limit: DEPTH_MAX, what: 'levels of nesting in the body' })
      if (depth === 1) rowDepth = code === 123 ? 1 : 2
      if (depth === rowDepth) keys = 0
    } else if (code === 93 || code === 125) depth--
    else if (code === 58 && depth === rowDepth && ++keys > KEYS_MAX) {
      throw restError('too_complex', { limit: KEYS_MAX, what: 'keys in an object of the body' })
    }
  }
}

/** The position of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === 92) backslashes++
    if (backslashes % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
  return text.length
}
