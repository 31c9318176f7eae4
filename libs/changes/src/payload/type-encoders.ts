// Text of Postgres -> the JSON value that to_json gives for it, so that a change looks like the same row over REST.
import { parseArray, parseRow, type NestedText } from './postgres-text.ts'
import type { FactsDatabase } from '../visibility/table-facts.ts'

/** Turns a value's text into its JSON value. */
export type ValueEncoder = (text: string) => unknown

interface TypeRow {
  readonly oid: number
  readonly kind: string
  readonly base: number
  readonly element: number
  readonly delimiter: string
  readonly fields: readonly { readonly name: string; readonly oid: number }[] | null
}

/** $1: type oids. These types and all that they are made of. */
const readTypesSql = `
  WITH RECURSIVE reachable(oid) AS (
    SELECT unnest($1::oid[])
    UNION
    SELECT part.oid FROM reachable r JOIN pg_catalog.pg_type t ON t.oid = r.oid CROSS JOIN LATERAL (
      SELECT t.typbasetype WHERE t.typtype = 'd'
      UNION ALL SELECT t.typelem WHERE t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc
      UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS part(oid))
  SELECT t.oid::int8::float8 AS oid, t.typtype AS kind, t.typbasetype::int8::float8 AS base, t.typdelim AS delimiter,
    CASE WHEN t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc AND t.typcategory = 'A' AND t.typname NOT IN ('int2vector', 'oidvector')
      THEN t.typelem::int8::float8 ELSE 0 END AS element,
    (SELECT json_agg(json_build_object('name', a.attname, 'oid', a.atttypid::int8) ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
      WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS fields
  FROM pg_catalog.pg_type t WHERE t.oid IN (SELECT oid FROM reachable)`

/** Encoders by type oid, read from the database when a type is first met. */
export class TypeEncoders {
  private types = new Map<number, TypeRow>()
  private encoders = new Map<number, ValueEncoder>()

  constructor(private readonly database: FactsDatabase) {}

  /** Makes sure that {@link TypeEncoders.of} knows these types. */
  async load(oids: readonly number[]): Promise<void> {
    const missing = oids.filter((oid) => !builtIn.has(oid) && !this.types.has(oid))
    if (missing.length === 0) return
    const rows = await this.database.query<TypeRow>(readTypesSql, [missing])
    for (const row of rows) this.types.set(row.oid, row)
  }

  /** The encoder of a loaded type; a type that vanished meanwhile is passed on as text. */
  of(oid: number): ValueEncoder {
    const known = builtIn.get(oid) ?? this.encoders.get(oid)
    if (known !== undefined) return known
    const encoder = this.make(oid)
    this.encoders.set(oid, encoder)
    return encoder
  }

  /** Forgets what was read: types may have been altered. */
  forget(): void {
    this.types = new Map()
    this.encoders = new Map()
  }

  private make(oid: number): ValueEncoder {
    const type = this.types.get(oid)
    if (type === undefined) return asText
    if (type.kind === 'd') return this.of(type.base)
    if (type.element !== 0) return arrayEncoder(this.of(type.element), this.types.get(type.element)?.delimiter ?? ',')
    if (type.kind === 'c' && type.fields !== null) {
      const fields = type.fields.map((field) => ({ name: field.name, encode: this.of(field.oid) }))
      return (text) => {
        const values = parseRow(text)
        if (values === undefined || values.length !== fields.length) return text
        return Object.fromEntries(fields.map(({ name, encode }, at) => [name, values[at] === null ? null : encode(values[at]!)]))
      }
    }
    return asText
  }
}

function arrayEncoder(encode: ValueEncoder, delimiter: string): ValueEncoder {
  const each = (item: NestedText): unknown => (item === null ? null : Array.isArray(item) ? item.map(each) : encode(item))
  return (text) => parseArray(text, delimiter)?.map(each) ?? text
}

function asText(text: string): string {
  return text
}

/** NaN and the infinities are no JSON numbers; to_json writes them as text. */
function asNumber(text: string): number | string {
  return /^-?\d/.test(text) ? Number(text) : text
}

/** `2026-01-02 03:04:05.5` -> `2026-01-02T03:04:05.5`; years BC and infinity stay as they are printed. */
function asTimestamp(text: string): string {
  return /^\d{4,}-\d\d-\d\d \d/.test(text) ? text.replace(' ', 'T') : text
}

/** The log prints time in UTC, `+00`; ISO 8601 as to_json writes it wants the minutes too. */
function asTimestampWithZone(text: string): string {
  return asTimestamp(text).replace(/([+-]\d\d)( BC)?$/, '$1:00$2')
}

const builtIn = new Map<number, ValueEncoder>([
  [16, (text) => text === 't'],
  ...[20, 21, 23, 700, 701, 1700].map((oid): [number, ValueEncoder] => [oid, asNumber]),
  ...[114, 3802].map((oid): [number, ValueEncoder] => [oid, (text) => JSON.parse(text) as unknown]),
  [1114, asTimestamp],
  [1184, asTimestampWithZone],
  ...[17, 18, 19, 25, 1042, 1043, 1082, 1083, 1186, 1266, 2950].map((oid): [number, ValueEncoder] => [oid, asText]),
])
