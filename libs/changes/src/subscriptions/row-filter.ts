import type { RequestDatabase } from '#libs/postgres'
import { changesErrors } from '../changes.errors.ts'
import type { RowText } from '../feed/row-change.ts'
import type { Viewer } from '../visibility/row-judge.ts'
import type { ColumnFacts, TableFacts } from '../visibility/table-facts.ts'

/** `column = value`; null means IS NULL. */
export interface EqualityFilter {
  readonly column: string
  readonly value: string | number | boolean | null
}

/** True, false, or undefined when the log does not carry the column. */
export type RowFilter = { readonly column: string; readonly matches: (row: RowText) => boolean | undefined }

/** Types whose equality is equality of their text, and those where it is after a normal form. */
const textEqual =
  /^(boolean|smallint|integer|bigint|oid|text|character varying|uuid|date|bytea|name|inet|cidr|macaddr8?|(time|timestamp) with(out)? time zone)$/
const normalForms: Readonly<Record<string, (text: string) => string>> = {
  numeric: normalNumber,
  real: normalNumber,
  'double precision': normalNumber,
  character: (text) => text.replace(/ +$/, ''),
}
const outputSettings = [
  ['TimeZone', 'UTC'],
  ['DateStyle', 'ISO'],
  ['extra_float_digits', '3'],
  ['bytea_output', 'hex'],
] as const

/**
 * Makes the filter's test. The value is brought to the column's own text form by Postgres, once, under the viewer's
 * role. Throws `unknown_column` and `bad_filter`.
 */
export async function prepareFilter(
  database: RequestDatabase,
  viewer: Viewer,
  facts: TableFacts,
  filter: EqualityFilter,
): Promise<RowFilter> {
  const column = facts.columns.find((candidate) => candidate.name === filter.column && candidate.readable)
  if (column === undefined) {
    throw changesErrors.unknown_column({ params: { column: filter.column, table: `${facts.schema}.${facts.name}` } })
  }
  const name = column.name
  if (filter.value === null) return { column: name, matches: (row) => (row[name] === undefined ? undefined : row[name] === null) }
  const normal = column.typeKind === 'e' || textEqual.test(column.baseType) ? (text: string) => text : normalForms[column.baseType]
  if (normal === undefined || column.generated !== null) {
    throw refuse(column, column.generated === null ? `equality is not defined for the type ${column.baseType}` : 'it is a generated column')
  }
  const expected = normal(await canonicalText(database, viewer, column, String(filter.value)))
  return {
    column: name,
    matches: (row) => {
      const value = row[name]
      return value === undefined ? undefined : value !== null && normal(value) === expected
    },
  }
}

async function canonicalText(database: RequestDatabase, viewer: Viewer, column: ColumnFacts, value: string): Promise<string> {
  try {
    const result = await database.run(
      { ...viewer, readOnly: true, timeoutMs: 2_000, settings: outputSettings },
      { text: `SELECT $1::text::${column.type}::text`, values: [value] },
    )
    return result.rows[0]![0]!
  } catch (error) {
    if ((error as { sqlstate?: string }).sqlstate === undefined) throw error
    throw refuse(column, `the value is not of type ${column.baseType}`, error)
  }
}

function refuse(column: ColumnFacts, reason: string, cause?: unknown) {
  return changesErrors.bad_filter({ params: { column: column.name, reason }, cause })
}

/** `1.50`, `1.5` and `-0` have one form each; numbers with an exponent go through floating point, as they came from there. */
function normalNumber(text: string): string {
  if (/e/i.test(text)) return String(Number(text))
  const trimmed = text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text
  return trimmed === '-0' ? '0' : trimmed
}
