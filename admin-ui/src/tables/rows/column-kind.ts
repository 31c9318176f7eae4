// What a column's type means for showing, editing and filtering it.
import type { ColumnInfo } from '#admin-api'

export type ColumnKind =
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | 'date'
  | 'time'
  | 'json'
  | 'enum'
  | 'uuid'
  | 'array'
  | 'bytes'
  | 'other'

const byType: Record<string, ColumnKind> = {
  smallint: 'integer',
  integer: 'integer',
  bigint: 'number',
  numeric: 'number',
  real: 'number',
  'double precision': 'number',
  boolean: 'boolean',
  json: 'json',
  jsonb: 'json',
  uuid: 'uuid',
  bytea: 'bytes',
  date: 'date',
}

export function kindOf(column: Pick<ColumnInfo, 'type' | 'typeCategory' | 'enumLabels'>): ColumnKind {
  if (column.enumLabels !== undefined) return 'enum'
  if (column.type.endsWith('[]')) return 'array'
  const bare = column.type.replace(/\(.*?\)/g, '').trim()
  const known = byType[bare]
  if (known !== undefined) return known
  if (bare.startsWith('timestamp')) return 'timestamp'
  if (bare.startsWith('time')) return 'time'
  return column.typeCategory === 'S' ? 'text' : 'other'
}

/** Types whose values do not fit a JavaScript number: asked for as text, so that no digit is lost. */
export function isWideNumber(column: Pick<ColumnInfo, 'type'>): boolean {
  return /^(bigint|numeric)\b/.test(column.type) && !column.type.endsWith('[]')
}

/** Short names for the grid's header. */
export function shortType(type: string): string {
  return type
    .replace('timestamp with time zone', 'timestamptz')
    .replace('timestamp without time zone', 'timestamp')
    .replace('time without time zone', 'time')
    .replace('time with time zone', 'timetz')
    .replace('character varying', 'varchar')
    .replace('double precision', 'double')
    .replace(/^public\./, '')
}

export function isRightAligned(kind: ColumnKind): boolean {
  return kind === 'integer' || kind === 'number'
}
