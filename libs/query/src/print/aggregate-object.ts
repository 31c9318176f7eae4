// Aggregates of a relation as one object: GraphQL's `{aggregate {…} nodes {…}}`.
import { quoteIdentifier, quoteLiteral } from '#libs/postgres'
import type { Relation } from '#libs/catalog'
import type { AggregateCall, AggregatePart, AggregateReadNode, FieldNode } from '../tree.ts'
import { aggregateOf } from './aggregate-calls.ts'
import { distinctOf, orderOf, sliceOf, whereOf, type RowSource } from './clauses.ts'
import { addNeeds, needsList, needsOf, rowName, type Needs } from './needs.ts'
import { jsonObject } from './json-object.ts'
import type { PrintRows } from './level.ts'
import type { Statement } from './statement.ts'

/** `select json_build_object(…) from (select … ) x` over one source. */
export function aggregateObject(statement: Statement, node: AggregateReadNode, source: RowSource, printRows: PrintRows): string {
  const rows = statement.alias('x')
  const wanted = needsOf([])
  statement.setRow(rows, `${rows}.${rowName(node.relation)}`)
  const place = isReordered(node) ? placeName(node.relation) : undefined
  const parts: (readonly [key: string, expression: string])[] = []
  for (const part of node.parts) {
    if (part.kind === 'constant') parts.push([part.key, literalText(part.value)])
    if (part.kind === 'aggregate')
      parts.push([part.key, jsonObject(part.fields.map((field) => aggregatePartOf(statement, field, rows, wanted)))])
    if (part.kind === 'nodes') parts.push([part.key, nodesOf(statement, node.relation, { ...part, place }, rows, wanted, printRows)])
  }
  // Without an aggregate there would be an object for each row. The source is named, because its arguments are parameters.
  if (!isAggregated(node)) return `select ${jsonObject(parts)} where true or exists (select from ${source.from})`
  const needed = needsList(wanted, source.alias, node.relation)
  const numbered =
    place === undefined ? [] : [`row_number() over (${orderOf(statement, node.order, source.alias).trimStart()}) as ${place}`]
  // DISTINCT needs something to select.
  const list = [...(needed.length === 0 && node.distinctOn !== undefined ? ['1'] : needed), ...numbered].join(', ')
  const inner = `select ${distinctOf(node.distinctOn, source.alias)}${list} from ${source.from}${whereOf(statement, node, source)}${orderOf(statement, node.order, source.alias)}${sliceOf(statement, node)}`
  return `select ${jsonObject(parts)} from (${inner}) ${rows}`
}

/** Is anything asked for but constants? */
function isAggregated({ parts }: AggregateReadNode): boolean {
  const isCounted = (field: AggregatePart) =>
    field.kind === 'call' || (field.kind === 'group' && field.calls.some((call) => !('kind' in call)))
  return parts.some((part) => part.kind === 'nodes' || (part.kind === 'aggregate' && part.fields.some(isCounted)))
}

/** For `count(distinct …)` Postgres sorts what all aggregates take: the rows' own order is lost then, unless it is written down. */
function isReordered({ order, parts }: AggregateReadNode): boolean {
  if (order.length === 0 || !parts.some(({ kind }) => kind === 'nodes')) return false
  const isDistinct = (call: { readonly distinct?: boolean }) => call.distinct === true
  return parts.some((part) => part.kind === 'aggregate' && part.fields.some((field) => field.kind === 'call' && isDistinct(field.call)))
}

/** Under which name a row's place in the order stands beside its columns. */
function placeName(relation: Relation): string {
  let name = 'place'
  while (relation.columnsByName.has(name)) name += '_'
  return quoteIdentifier(name)
}

/** The rows behind the aggregate, as an array: built from the row at hand, so the table is read once. */
function nodesOf(
  statement: Statement,
  relation: Relation,
  { fields, limit, place }: { readonly fields: readonly FieldNode[]; readonly limit?: number; readonly place?: string },
  rows: string,
  wanted: Needs,
  printRows: PrintRows,
): string {
  addNeeds(wanted, fields)
  const [row, object] = [statement.alias('r'), statement.alias('r')]
  statement.setRow(row, `${row}.${rowName(relation)}`)
  const select = printRows(statement, { fields, order: [] }, { from: `(select ${rows}.*) ${row}`, alias: row })
  const element = `(select ${select.json(object)} from (${select.text}) ${object})`
  return `coalesce(${jsonArray(place === undefined ? element : `${element} order by ${rows}.${place}`, limit)}, '[]')`
}

/** `json_agg(…)`, or the first elements of it. */
export function jsonArray(element: string, limit: number | undefined): string {
  return limit === undefined ? `json_agg(${element})` : `array_to_json((array_agg(${element}))[1:${limit}])`
}

function aggregatePartOf(statement: Statement, part: AggregatePart, rows: string, wanted: Needs): readonly [string, string] {
  const callOf = (call: AggregateCall): readonly [string, string] => {
    addNeeds(wanted, [{ kind: 'aggregate', call }])
    return [call.key, aggregateOf(statement, call, rows)]
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

/** The object of an `aggregate {…}` over the rows of an alias that has all columns. */
export function aggregateParts(statement: Statement, parts: readonly AggregatePart[], rows: string): string {
  return jsonObject(parts.map((part) => aggregatePartOf(statement, part, rows, needsOf([]))))
}

/** A string of the dialect's own. */
export function literalText(value: string): string {
  return `${quoteLiteral(value)}::text`
}
