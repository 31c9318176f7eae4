// Rows of a relation as JSON. Every level has the same shape, which measured as fast as any other and keeps one text
// for all: `select row_to_json(r.*) from (select …fields… from …) r`; related rows are scalar sub-selects among the fields.
import { quoteIdentifier, quoteLiteral } from '#libs/postgres'
import type { Column } from '#libs/catalog'
import type { AggregateCall, FieldNode, FilterNode, OrderNode, ReadNode } from '../tree.ts'
import { aggregateOf } from './aggregate-calls.ts'
import { aggregateObject } from './aggregates.ts'
import { filterOf } from './filters.ts'
import { jsonPathOf, operandOf, reach } from './operands.ts'
import { columnOf, relationName, typeName, type Statement } from './statement.ts'

/** Postgres cuts identifiers here; a longer key cannot be an output column's name. */
const IDENTIFIER_BYTES_MAX = 63
/** Postgres' limit of output columns is 1,664; a row with more fields than this is built as an object too. */
const OUTPUT_COLUMNS_MAX = 1_600
const WIDE = 'json'

/** A sub-select of rows and how one of its rows, under an alias, becomes a JSON object. */
export interface RowSelect {
  readonly text: string
  readonly json: (alias: string) => string
}

/** Where rows come from: a FROM clause, the alias that fields refer to, and the condition that ties it to an outer row. */
export interface RowSource {
  readonly from: string
  readonly alias: string
  readonly where?: string
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
    return { text: `select ${distinct}${list} from ${source.from}${tail}`, json: (alias) => `row_to_json(${alias}.*)` }
  }
  return { text: `select ${distinct}${wideObject(fields)} as ${WIDE} from ${source.from}${tail}`, json: (alias) => `${alias}.${WIDE}` }
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
  if (typeof value === 'string') return `${quoteLiteral(value)}::text`
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
  return `(select coalesce(json_agg(${select.json(rows)}), '[]') from (${select.text}) ${rows})`
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

/** ` where …`: the tie to the outer row, the filter, and the related rows that must exist. */
export function whereOf(
  statement: Statement,
  node: { readonly filter?: FilterNode; readonly fields?: readonly FieldNode[] },
  source: RowSource,
): string {
  const parts: string[] = []
  if (source.where !== undefined) parts.push(source.where)
  if (node.filter !== undefined) parts.push(filterOf(statement, node.filter, source.alias))
  for (const field of node.fields ?? []) {
    if (field.kind === 'relation' && field.required) parts.push(filterOf(statement, requirementOf(field), source.alias))
  }
  return parts.length === 0 ? '' : ` where ${parts.join(' and ')}`
}

/** An inner join as a condition: a related row exists that passes its own filter and its own requirements. */
export function requirementOf(field: RelationField): FilterNode {
  const inner = field.read.fields.flatMap((child) => (child.kind === 'relation' && child.required ? [requirementOf(child)] : []))
  const items = field.read.filter === undefined ? inner : [field.read.filter, ...inner]
  return { kind: 'exists', link: field.link, filter: items.length === 0 ? undefined : { kind: 'and', items } }
}

/** ` order by …` */
export function orderOf(statement: Statement, order: readonly OrderNode[], alias: string): string {
  if (order.length === 0) return ''
  const items = order.map(({ operand, direction, nulls }) => {
    return `${operandOf(statement, operand, alias)}${direction === 'desc' ? ' desc' : ''}${nulls === undefined ? '' : ` nulls ${nulls}`}`
  })
  return ` order by ${items.join(', ')}`
}

/** ` limit … offset …` */
export function sliceOf(statement: Statement, node: Pick<ReadNode, 'limit' | 'offset'>): string {
  const limit = node.limit === undefined ? '' : ` limit ${statement.count(node.limit)}`
  return node.offset === undefined ? limit : `${limit} offset ${statement.count(node.offset)}`
}

/** `distinct on (…) ` */
export function distinctOf(columns: readonly Column[] | undefined, alias: string): string {
  return columns === undefined || columns.length === 0
    ? ''
    : `distinct on (${columns.map((column) => columnOf(alias, column)).join(', ')}) `
}

/** Rows with aggregates among their fields are grouped by every other column that the fields read. */
function groupOf(fields: readonly FieldNode[], alias: string): string {
  if (!fields.some((field): field is { kind: 'aggregate'; call: AggregateCall } => field.kind === 'aggregate')) return ''
  const keys = [...neededColumns(fields)].map((name) => columnOf(alias, name))
  return keys.length === 0 ? '' : ` group by ${keys.join(', ')}`
}

/** Names of the columns that the fields (and the joins of their relations) read from their own row. */
export function neededColumns(fields: readonly FieldNode[]): Set<string> {
  const names = new Set<string>()
  for (const field of fields) {
    if (field.kind === 'column') names.add(field.column.name)
    if (field.kind === 'relation' || field.kind === 'relation_aggregate') for (const name of field.link.columns) names.add(name)
  }
  return names
}
