// The body of a request, read by its content type and checked. JSON stays the text it was, for that goes to Postgres;
// CSV and forms become the JSON that the same rows would be.
import { isUtf8 } from 'node:buffer'
import { restError } from '../rest.errors.ts'
import { csvRows } from './body-csv.ts'
import { JsonScanner, NotJson, type ScannedJson } from './body-json.ts'
import { decode } from './shape.ts'

/** Longer bodies are read in pieces of this many characters, with other requests' turns in between. */
const PIECE = 262_144
/** More than a table has columns; a variadic argument may be repeated. */
const FORM_FIELDS_MAX = 10_000

/** JSON of any kind; what is said of rows holds when `isRows`. */
export interface JsonBody {
  readonly kind: 'json'
  readonly text: string
  readonly isArray: boolean
  /** An object, or an array of nothing but objects. */
  readonly isRows: boolean
  readonly rowCount: number
  /** Keys of the first object, in its order. */
  readonly keys: readonly string[]
  /** Of one row alone, the JSON text of each key's value: such a row may be sent value by value. */
  readonly members?: readonly string[]
}

/** A form whose fields are the arguments of a function: text, each written the way Postgres reads its type. */
export interface FormBody {
  readonly kind: 'form'
  readonly keys: readonly string[]
  /** Fields in their order; a name may be repeated. */
  readonly fields: readonly (readonly [string, string])[]
}

/** Bytes or text for the one unnamed argument of a function. */
export interface RawBody {
  readonly kind: 'raw'
  readonly keys: readonly string[]
  readonly type: 'text' | 'xml' | 'bytea'
  /** Bytes are written as `\x…`. */
  readonly text: string
}

/** A checked body. */
export type RequestBody = JsonBody | FormBody | RawBody

/** How the statement wants a body: as an array of rows, as one object, or as it came. */
export type BodyForm = 'rows' | 'object' | 'whole'

/** What the body of a request is for. */
export interface BodyUse {
  readonly isCall: boolean
  /** `columns` names the columns, so rows may have different keys. */
  readonly hasColumns: boolean
}

/** What the body is for of a request with this query string. */
export function bodyUseOf(isCall: boolean, query: string): BodyUse {
  return { isCall, hasColumns: /(?:^|&)columns=/.test(query) }
}

const jsonTypes: ReadonlySet<string> = new Set([
  'application/json',
  'application/vnd.pgrst.object+json',
  'application/vnd.pgrst.object',
  'application/vnd.pgrst.array+json',
])
const rawTypes: ReadonlyMap<string, RawBody['type']> = new Map([
  ['text/plain', 'text'],
  ['text/xml', 'xml'],
  ['application/octet-stream', 'bytea'],
])
const noBytes = Buffer.alloc(0)
const refusedEscape = /\\u(?:0000|d[89a-f])/i

/** Reads a body; large ones in pieces. What is wrong with it is PGRST102. */
export function readBody(bytes: Buffer | undefined, contentType: string | undefined, use: BodyUse): RequestBody | Promise<RequestBody> {
  const type = contentType === undefined ? 'application/json' : mediaTypeOf(contentType)
  const given = bytes ?? noBytes
  if (jsonTypes.has(type)) return jsonBody(use.isCall && given.length === 0 ? '{}' : textOf(given), use)
  if (type === 'text/csv') return csvBody(textOf(given), use)
  if (type === 'application/x-www-form-urlencoded') return formBody(textOf(given), use)
  const raw = use.isCall ? rawTypes.get(type) : undefined
  if (raw === undefined) throw invalid(`Content-Type not acceptable: ${type.slice(0, 100)}`)
  return { kind: 'raw', keys: [], type: raw, text: raw === 'bytea' ? `\\x${given.toString('hex')}` : textOf(given) }
}

/** What of a body decides the statement, for the key of its plan. */
export function bodyShape(body: RequestBody): string {
  if (body.kind === 'raw') return `\n\n${body.type}`
  if (body.kind === 'form') return `\n\nform ${JSON.stringify(body.fields.map(([name]) => name))}`
  const one = body.members === undefined ? 'one' : 'row'
  const rows = body.isRows ? (body.rowCount === 0 ? 'none' : body.rowCount === 1 ? one : 'many') : 'any'
  return `\n\n${rows} ${JSON.stringify(body.keys)}`
}

/** The body's text in the form that the statement wants. */
export function bodyText(body: RequestBody, form: BodyForm): string {
  if (body.kind === 'form') throw new TypeError('a form is read field by field')
  if (body.kind === 'raw' || form === 'whole') return body.text
  if (form === 'rows') return body.isArray ? body.text : `[${body.text}]`
  // An array of one object loses its brackets; nothing is written anew, so numbers keep their digits.
  return body.isArray ? body.text.slice(body.text.indexOf('{'), body.text.lastIndexOf('}') + 1) : body.text
}

/** How a value of the body is sent: as the text that Postgres reads, as JSON, or in a JSON object under that key. */
export type MemberForm = 'text' | 'json' | { readonly key: string }

/** A value of the body's one row, by the place of its key. */
export function memberText(body: RequestBody | undefined, place: number, form: MemberForm): string | null {
  const json = body?.kind === 'json' ? body.members?.[place] : undefined
  if (json === undefined) throw new TypeError('the body is no single row')
  if (typeof form === 'object') return `{${JSON.stringify(form.key)}:${json}}`
  if (json === 'null') return null
  if (json.charCodeAt(0) !== QUOTE) return json
  const isEscaped = json.includes('\\')
  // A string for a column of JSON is written anew where it has escapes, as it is when rows are taken apart.
  if (form === 'json') return isEscaped ? JSON.stringify(JSON.parse(json)) : json
  return isEscaped ? (JSON.parse(json) as string) : json.slice(1, -1)
}

const QUOTE = 34

function invalid(reason = 'Empty or invalid json') {
  return restError('PGRST102', { reason })
}

function mediaTypeOf(contentType: string): string {
  const semicolon = contentType.indexOf(';')
  return (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase()
}

function textOf(bytes: Buffer): string {
  // Read leniently, bytes that are no text would be stored as replacement characters, and nobody would hear of it.
  if (!isUtf8(bytes)) throw invalid('The body is not UTF-8')
  return bytes.toString()
}

function jsonBody(text: string, use: BodyUse): JsonBody | Promise<JsonBody> {
  const scanner = new JsonScanner(text)
  if (text.length > PIECE) return scanSlowly(scanner, text, use)
  scan(scanner)
  return checked(text, scanner.result(), use)
}

async function scanSlowly(scanner: JsonScanner, text: string, use: BodyUse): Promise<JsonBody> {
  for (let limit = PIECE; !scan(scanner, limit); limit += PIECE) await new Promise((resume) => setImmediate(resume))
  return checked(text, scanner.result(), use)
}

function scan(scanner: JsonScanner, limit?: number): boolean {
  try {
    return scanner.advance(limit)
  } catch (error) {
    throw error instanceof NotJson ? invalid() : error
  }
}

function checked(text: string, found: ScannedJson, use: BodyUse): JsonBody {
  const { isUniform, isRows, isArray, rowCount, keys } = found
  // A NUL or half a surrogate pair is refused where JSON is read, but not as a parameter.
  const members = use.isCall || text.length > PIECE || refusedEscape.test(text) ? undefined : found.members
  // A function's one unnamed argument takes any JSON.
  if (!use.isCall) {
    if (!isRows) throw invalid(isArray ? 'All object keys must match' : undefined)
    if (!isUniform && !use.hasColumns) throw invalid('All object keys must match')
  }
  return { kind: 'json', text, isArray, isRows, rowCount, keys, members }
}

async function csvBody(text: string, use: BodyUse): Promise<JsonBody> {
  const { rowCount, ...rows } = await csvRows(text)
  if (use.isCall && rowCount !== 1) throw invalid('The arguments of a function are one line')
  return { kind: 'json', isArray: true, isRows: true, rowCount, ...rows }
}

/** `a=1&b=two` */
function formBody(text: string, { isCall }: BodyUse): FormBody | JsonBody {
  const parts = text.split('&', FORM_FIELDS_MAX + 1)
  if (parts.length > FORM_FIELDS_MAX) throw restError('too_complex', { limit: FORM_FIELDS_MAX, what: 'fields in a form' })
  const fields = parts
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      return equals === -1 ? ([decode(part), ''] as const) : ([decode(part.slice(0, equals)), decode(part.slice(equals + 1))] as const)
    })
  const row = new Map(fields)
  const keys = [...row.keys()]
  if (isCall) return { kind: 'form', keys, fields }
  const members = [...row].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return { kind: 'json', text: `{${members.join(',')}}`, isArray: false, isRows: true, rowCount: 1, keys }
}
