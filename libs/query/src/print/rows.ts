// Rows of a relation as JSON. Every level has the same shape, which measured as fast as any other and keeps one text
// for all: `select row_to_json(r.*) from (select …fields… from …) r`; related rows are scalar sub-selects among the fields.
// Aggregates of a relation (GraphQL's `{aggregate {…} nodes {…}}`) stand here too: their nodes are rows again.
import { quoteIdentifier, quoteLiteral } from '#libs/postgres'
import type { AggregateCall, AggregatePart, AggregateReadNode, FieldNode, ReadNode } from '../tree.ts'
import { aggregateOf } from './aggregate-calls.ts'
import { distinctOf, groupOf, neededColumns, orderOf, sliceOf, whereOf, type RowSource } from './clauses.ts'
import { jsonObject } from './json-object.ts'
import { jsonPathOf, reach } from './operands.ts'
import { columnOf, relationName, typeName, type Statement } from './statement.ts'

/** Postgres cuts identifiers here; a longer key cannot be an output column's name. */
const IDENTIFIER_BYTES_MAX = 63
/** Postgres' limit of output columns is 1,664; a row with more fields than this is built as an object too. */
const OUTPUT_COLUMNS_MAX = 1_600
const WIDE = 'json'

/** A sub-select of rows and how one of its rows, under an alias, becomes a JSON object. */
export interface RowSelect {
  readonly text: string
  /** One row as an object. */
  readonly json: (alias: string) => string
  /** All rows as an array, null when there are none. */
  readonly array: (alias: string) => string
}

/** The relation itself as a source. */
export function relationSource(statement: Statement, node: Pick<ReadNode, 'relation'>): RowSource {
  const alias = statement.alias()
  return { from: `${relationName(node.relation)} ${alias}`, alias }
}

/** `select <fields> from <source> where … order by … limit … offset …` */
export function selectRows(statement: Statement, node: Omit<ReadNode, 'kind' | 'relation'>, source: RowSource): RowSelect {
  const fields = node.fields.flatMap((field) => outputsOf(statement, field, source.alias))
  const distinct = distinctOf(node.distinctOn, source.alias)
  const tail = `${whereOf(statement, node, source)}${groupOf(node.fields, source.alias)}${orderOf(statement, node.order, source.alias)}${sliceOf(statement, node)}`
  if (fields.length <= OUTPUT_COLUMNS_MAX && fields.every(({ key }) => Buffer.byteLength(key) <= IDENTIFIER_BYTES_MAX)) {
    const list = fields.map(({ expression, key, plain }) => (plain ? expression : `${expression} as ${quoteIdentifier(key)}`)).join(', ')
    return {
      text: `select ${distinct}${list} from ${source.from}${tail}`,
      json: (alias) => `row_to_json(${alias}.*)`,
      array: (alias) => `json_agg(${alias}.*)`,
    }
  }
  return {
    text: `select ${distinct}${wideObject(fields)} as ${WIDE} from ${source.from}${tail}`,
    json: (alias) => `${alias}.${WIDE}`,
    array: (alias) => `json_agg(${alias}.${WIDE})`,
  }
}

interface Output {
  readonly key: string
  readonly expression: string
  /** The expression is a column of the same name, so it needs no `as`. */
  readonly plain?: boolean
}

function wideObject(fields: readonly Output[]): string {
  if (fields.length === 0) return `'{}'::json`
  const pairs = fields.map(({ key, expression }) => `(${quoteLiteral(key)}, to_json(${expression}))`)
  return `(select json_object_agg(e.k, e.v) from (values ${pairs.join(', ')}) e(k, v))`
}

function outputsOf(statement: Statement, field: FieldNode, alias: string): Output[] {
  switch (field.kind) {
    case 'column': {
      const plainColumn = columnOf(alias, field.column)
      const path = jsonPathOf(plainColumn, field.jsonPath)
      const expression = field.cast === undefined ? path : `cast(${path} as ${typeName(field.cast)})`
      return [{ key: field.key, expression, plain: expression === plainColumn && field.key === field.column.name }]
    }
    case 'constant':
      return [{ key: field.key, expression: constantOf(field.value) }]
    case 'aggregate':
      return [{ key: field.call.key, expression: aggregateOf(field.call, alias) }]
    case 'relation':
      return field.spread === true
        ? spreadOf(statement, field, alias)
        : [{ key: field.key, expression: relatedOf(statement, field, alias) }]
    case 'relation_aggregate': {
      const target = statement.alias()
      const { from, where } = reach(statement, field.link, alias, target)
      return [{ key: field.key, expression: `(${aggregateObject(statement, field.read, { from, where, alias: target })})` }]
    }
  }
}

function constantOf(value: string | number | boolean | null): string {
  if (value === null) return 'null::text'
  if (typeof value === 'string') return literalText(value)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('a constant must be finite')
  return String(value)
}

type RelationField = Extract<FieldNode, { kind: 'relation' }>

/** To-one: an object or null. To-many: an array, empty when nothing is there. */
function relatedOf(statement: Statement, field: RelationField, alias: string): string {
  const rows = statement.alias('r')
  const target = statement.alias()
  const { from, where } = reach(statement, field.link, alias, target)
  const select = selectRows(statement, field.read, { from, where, alias: target })
  if (field.link.cardinality === 'to_one') return `(select ${select.json(rows)} from (${select.text}) ${rows})`
  return `(select coalesce(${select.array(rows)}, '[]') from (${select.text}) ${rows})`
}

/** `...rel(a, b)`: the related row's fields become fields of this row; over a to-many they become arrays. */
function spreadOf(statement: Statement, field: RelationField, alias: string): Output[] {
  return field.read.fields.flatMap((inner) => {
    const target = statement.alias()
    const { from, where } = reach(statement, field.link, alias, target)
    return outputsOf(statement, inner, target).map(({ key, expression }) => {
      const tail = `${whereOf(statement, field.read, { from, where, alias: target })}${orderOf(statement, field.read.order, target)}${sliceOf(statement, field.read)}`
      const one = `select ${expression} as v from ${from}${tail}`
      return {
        key,
        expression: field.link.cardinality === 'to_one' ? `(${one})` : `(select coalesce(json_agg(s.v), '[]') from (${one}) s)`,
      }
    })
  })
}

/** `select json_build_object(…) from (select … ) x` over one source. */
export function aggregateObject(statement: Statement, node: AggregateReadNode, source: RowSource): string {
  const rows = statement.alias('x')
  const wanted = new Set<string>()
  const parts: (readonly [key: string, expression: string])[] = []
  for (const part of node.parts) {
    if (part.kind === 'constant') parts.push([part.key, literalText(part.value)])
    if (part.kind === 'aggregate') parts.push([part.key, jsonObject(part.fields.map((field) => aggregatePartOf(field, rows, wanted)))])
    if (part.kind === 'nodes') parts.push([part.key, nodesOf(statement, part.fields, rows, wanted)])
  }
  const list = [...wanted].map((name) => columnOf(source.alias, name)).join(', ')
  const inner = `select ${distinctOf(node.distinctOn, source.alias)}${list} from ${source.from}${whereOf(statement, node, source)}${orderOf(statement, node.order, source.alias)}${sliceOf(statement, node)}`
  return `select ${jsonObject(parts)} from (${inner}) ${rows}`
}

/** The rows behind the aggregate, as an array: built from the row at hand, so the table is read once. */
function nodesOf(statement: Statement, fields: readonly FieldNode[], rows: string, wanted: Set<string>): string {
  for (const name of neededColumns(fields)) wanted.add(name)
  const [row, object] = [statement.alias('r'), statement.alias('r')]
  const select = selectRows(statement, { fields, order: [] }, { from: `(select ${rows}.*) ${row}`, alias: row })
  return `coalesce(json_agg((select ${select.json(object)} from (${select.text}) ${object})), '[]')`
}

function aggregatePartOf(part: AggregatePart, rows: string, wanted: Set<string>): readonly [string, string] {
  const callOf = (call: AggregateCall): readonly [string, string] => {
    for (const column of call.columns) wanted.add(column.name)
    return [call.key, aggregateOf(call, rows)]
  }
  switch (part.kind) {
    case 'call':
      return callOf(part.call)
    case 'constant':
      return [part.key, literalText(part.value)]
    case 'group':
      return [
        part.key,
        jsonObject(part.calls.map((call) => ('kind' in call ? ([call.key, literalText(call.value)] as const) : callOf(call)))),
      ]
  }
}

function literalText(value: string): string {
  return `${quoteLiteral(value)}::text`
}
