// The response's body as an expression over a sub-select of rows, one function for each format.
import { quoteLiteral } from '#libs/postgres'
import type { MediaHandler, Relation } from '#libs/catalog'
import type { ReadNode } from '../tree.ts'
import { sliceOf, whereOf, type RowSource } from './clauses.ts'
import { orderWithin } from './level.ts'
import { selectRecords, selectRows } from './rows.ts'
import { relationName, type Statement } from './statement.ts'

/** What the body is made of the rows. */
export interface BodyOptions {
  /**
   * - `array`: all rows, the default.
   * - `object`: the rows without brackets, which is one object when there is one row; the caller checks `rows`.
   * - `none`: no body.
   * - `csv`: a header line of the keys and a line for each row; one empty line when there is no row.
   * - `geojson`: a FeatureCollection; needs `geoJsonSchema`.
   * - `scalar`: the bare text of a scalar call's value, NULL when it is null; bytea comes as `\\x…`.
   * - `handler`: what that aggregate makes of the rows, as text. One for a relation gets whole rows of it, whatever the
   *   fields are.
   */
  readonly body?: 'array' | 'object' | 'none' | 'csv' | 'geojson' | 'scalar' | { readonly handler: MediaHandler }
  /** Leaves out keys whose value is null, at any depth, from `array` and `object`. */
  readonly stripNulls?: boolean
  /** Where PostGIS lives. */
  readonly geoJsonSchema?: string
}

/** The body as an expression, and the FROM item that it is over: one row of it is one row of the answer. */
export interface Body {
  readonly expression: string
  readonly from: string
  /** There is one row, whatever is in the tables, and the expression is of that row: nothing is aggregated any more. */
  readonly one?: boolean
}

type Rows = Omit<ReadNode, 'kind' | 'relation'>

/** The key of a scalar's one column in formats that have a header: PostgREST's name. */
const SCALAR_KEY = 'pgrst_scalar'

/** The body over rows of a relation. */
export function rowsBody(statement: Statement, node: Rows, relation: Relation, sourceOf: () => RowSource, options: BodyOptions): Body {
  const alias = statement.alias('r')
  const source = sourceOf()
  const { body = 'array' } = options
  if (typeof body === 'object') return handledBody(statement, node, relation, source, alias, body.handler)
  if (body === 'scalar') throw new TypeError('only the value of a scalar function has a text')
  if (body === 'csv' || body === 'geojson') {
    const { text, keys } = selectRecords(statement, node, source)
    const expression = body === 'csv' ? csvOf(keys, `${alias}.*::text`) : geoJsonOf(alias, options.geoJsonSchema)
    return { expression, from: `(${text}) ${alias}` }
  }
  const select = selectRows(statement, node, source)
  const from = `(${select.text}) ${alias}`
  if (body === 'none') return { expression: 'null::text', from }
  const strip = (json: string) => (options.stripNulls === true ? `json_strip_nulls(${json})` : json)
  if (select.one === true) {
    const row = strip(select.json(alias))
    return { expression: `${body === 'object' ? row : `json_build_array(${row})`}::text`, from, one: true }
  }
  // Without brackets: one row is one object, and nobody parses JSON to take it out of an array.
  if (body === 'object') return { expression: `string_agg((${strip(select.json(alias))})::text, ',')`, from }
  return { expression: `coalesce(${strip(select.array(alias))}, '[]')::text`, from }
}

/** A header line and a line for each record, as Postgres prints records; one empty line without rows. */
function csvOf(keys: readonly string[], record: string): string {
  const header = keys.map((key) => (/[",\r\n]/.test(key) ? `"${key.replaceAll('"', '""')}"` : key)).join(',')
  const lines = `string_agg(left(substr(${record}, 2), -1), ${NEWLINE})`
  return `coalesce(${quoteLiteral(header)} || ${NEWLINE} || ${lines}, ${NEWLINE})`
}

const NEWLINE = 'chr(10)'

function geoJsonOf(alias: string, schema: string | undefined): string {
  if (schema === undefined) throw new TypeError('GeoJSON needs PostGIS')
  const features = `json_agg(${relationName({ schema, name: 'st_asgeojson' })}(${alias}.*)::json)`
  return `json_build_object('type', 'FeatureCollection', 'features', coalesce(${features}, '[]'))::text`
}

function handledBody(statement: Statement, node: Rows, relation: Relation, source: RowSource, alias: string, handler: MediaHandler): Body {
  if (handler.relation === null) {
    const { text } = selectRecords(statement, node, source)
    return { expression: `${relationName(handler)}(${alias}.*)::text`, from: `(${text}) ${alias}` }
  }
  const row = `${statement.rowOf(source.alias)}::${relationName(relation)}`
  const tail = `from ${source.from}${whereOf(statement, node, source)}${orderWithin(statement, node, source)}${sliceOf(statement, node)}`
  return { expression: `${relationName(handler)}(${alias}.v)::text`, from: `(select ${row} as v ${tail}) ${alias}` }
}

/** The body over the value of a scalar function, or with `isSet` over its values. */
export function valuesBody(value: string, isSet: boolean, options: BodyOptions): string {
  const { body = 'array' } = options
  const json = options.stripNulls === true ? `json_strip_nulls(to_json(${value}))` : `to_json(${value})`
  if (typeof body === 'object') return `${relationName(body.handler)}(${value})::text`
  switch (body) {
    case 'none':
      return 'null::text'
    case 'scalar':
      return isSet ? `string_agg((${value})::text, ${NEWLINE})` : `min((${value})::text)`
    case 'csv':
      return csvOf([SCALAR_KEY], `row(${value})::text`)
    case 'geojson':
      throw new TypeError('a scalar is no feature')
    case 'object':
      return isSet ? `string_agg(${json}::text, ',')` : `coalesce(min(${json}::text), 'null')`
    case 'array':
      return isSet
        ? `coalesce(json_agg(${options.stripNulls === true ? json : value}), '[]')::text`
        : `coalesce(min(${json}::text), 'null')`
  }
}
