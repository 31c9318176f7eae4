// Postgres' text of a value -> the JSON value that the console shows.

/** What is needed of a type to read its values. */
export interface ValueType {
  /** `format_type` without modifier, for example `numeric`, `integer[]`. */
  readonly name: string
  readonly oid: number
  /** Arrays only: the type of the elements and the character between them. */
  readonly element?: ValueType
  readonly delimiter?: string
}

const oid = { bool: 16, int8: 20, int2: 21, int4: 23, oid: 26, json: 114, float4: 700, float8: 701, numeric: 1700, jsonb: 3802 } as const
const exactNumbers: ReadonlySet<number> = new Set([oid.int2, oid.int4, oid.oid])
const floats: ReadonlySet<number> = new Set([oid.float4, oid.float8])
const wideNumbers: ReadonlySet<number> = new Set([oid.int8, oid.numeric])

/** Digits that a JavaScript number surely keeps; wider bigint and numeric values stay text, so that none is shown wrong. */
const safeDigits = 15

/** Reader of one column's values: numbers, booleans, JSON and arrays become JSON; everything else stays Postgres' text. */
export function valueReader(type: ValueType): (text: string) => unknown {
  if (type.oid === oid.bool) return (text) => text === 't'
  if (exactNumbers.has(type.oid)) return Number
  if (floats.has(type.oid)) return (text) => (Number.isFinite(Number(text)) ? Number(text) : text)
  if (wideNumbers.has(type.oid))
    return (text) => (text.replace(/\D/g, '').length <= safeDigits && text !== 'NaN' && !text.endsWith('y') ? Number(text) : text)
  if (type.oid === oid.json || type.oid === oid.jsonb) return JSON.parse
  if (type.element !== undefined) {
    const readElement = valueReader(type.element)
    const delimiter = type.delimiter ?? ','
    return (text) => readArray(text, delimiter, readElement)
  }
  return (text) => text
}

/** Reads `{1,2,"a b",NULL}`, nested and with explicit bounds (`[0:1]={1,2}`). */
function readArray(text: string, delimiter: string, readElement: (text: string) => unknown): unknown {
  // int2vector and oidvector are arrays that print like "1 2".
  if (!text.endsWith('}')) return text
  let at = text.startsWith('[') ? text.indexOf('=') + 1 : 0
  const readLevel = (): unknown[] => {
    const items: unknown[] = []
    at++
    while (at < text.length && text[at] !== '}') {
      if (text[at] === '{') items.push(readLevel())
      else if (text[at] === '"') items.push(readElement(readQuoted()))
      else {
        const start = at
        while (at < text.length && text[at] !== delimiter && text[at] !== '}') at++
        const item = text.slice(start, at)
        items.push(item === 'NULL' ? null : readElement(item))
      }
      if (text[at] === delimiter) at++
    }
    at++
    return items
  }
  const readQuoted = (): string => {
    let value = ''
    at++
    while (at < text.length && text[at] !== '"') {
      if (text[at] === '\\') at++
      value += text[at++]
    }
    at++
    return value
  }
  return readLevel()
}
