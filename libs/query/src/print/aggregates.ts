// Aggregates: single calls, and GraphQL's `{aggregate {…} nodes {…}}` as one object over the filtered rows.
import { quoteLiteral } from '#libs/postgres'
import type { AggregateCall, AggregatePart, AggregateReadNode, FieldNode } from '../tree.ts'
import { distinctOf, neededColumns, orderOf, selectRows, sliceOf, whereOf, type RowSource } from './rows.ts'
import { aggregateOf } from './aggregate-calls.ts'
import { columnOf, type Statement } from './statement.ts'

/** `select json_build_object(…) from (select … ) x` over one source. */
export function aggregateObject(statement: Statement, node: AggregateReadNode, source: RowSource): string {
  const rows = statement.alias('x')
  const wanted = new Set<string>()
  const parts: (readonly [key: string, expression: string])[] = []
  for (const part of node.parts) {
    if (part.kind === 'constant') parts.push([part.key, text(part.value)])
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
      return [part.key, text(part.value)]
    case 'group':
      return [part.key, jsonObject(part.calls.map((call) => ('kind' in call ? ([call.key, text(call.value)] as const) : callOf(call))))]
  }
}

/** Postgres functions take at most 100 arguments: longer objects are joined from pieces of 50 pairs. */
const PAIRS_MAX = 50

/** `json_build_object('key', expression, …)`, of any length. */
export function jsonObject(pairs: readonly (readonly [key: string, expression: string])[]): string {
  if (pairs.length <= PAIRS_MAX)
    return `json_build_object(${pairs.map(([key, expression]) => `${quoteLiteral(key)}, ${expression}`).join(', ')})`
  const fields = pairs.map(
    ([key, expression]) => `to_json(${quoteLiteral(key)}::text)::text || ':' || coalesce(to_json(${expression})::text, 'null')`,
  )
  return `('{' || ${fields.join(` || ',' || `)} || '}')::json`
}

function text(value: string): string {
  return `${quoteLiteral(value)}::text`
}
