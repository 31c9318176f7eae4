// Rows in groups, each group one object: GraphQL's `T_group_by {key {…} aggregate {…} nodes {…}}`.
import type { FieldNode, GroupReadNode } from '../tree.ts'
import { aggregateParts, jsonArray, literalText } from './aggregate-object.ts'
import { orderOf, sliceOf, whereOf, type RowSource } from './clauses.ts'
import { filterOf } from './filters.ts'
import { jsonObject } from './json-object.ts'
import type { PrintRows } from './level.ts'
import { geoJsonOf } from './spatial.ts'
import { columnOf, type Statement } from './statement.ts'

/** `(select coalesce(json_agg(g.v), '[]') from (select json_build_object(…) as v from … group by …) g)` */
export function groupsArray(statement: Statement, node: GroupReadNode, source: RowSource, printRows: PrintRows): string {
  const { alias } = source
  const pairs = node.parts.map((part): readonly [key: string, expression: string] => {
    switch (part.kind) {
      case 'constant':
        return [part.key, literalText(part.value)]
      case 'key':
        return [part.key, jsonObject(part.fields.map((field) => [field.key, keyOf(field, alias)] as const))]
      case 'aggregate':
        return [part.key, aggregateParts(statement, part.fields, alias)]
      case 'nodes':
        return [part.key, nodesOf(statement, part, alias, printRows)]
    }
  })
  const by = node.by.map((column) => columnOf(alias, column)).join(', ')
  const having = node.having === undefined ? '' : ` having ${filterOf(statement, node.having, alias)}`
  const groups = statement.alias('g')
  const tail = `from ${source.from}${whereOf(statement, node, source)} group by ${by}${having}${orderOf(statement, node.order, alias)}${sliceOf(statement, node)}`
  return `(select coalesce(json_agg(${groups}.v), '[]') from (select ${jsonObject(pairs)} as v ${tail}) ${groups})`
}

type KeyField = Extract<GroupReadNode['parts'][number], { kind: 'key' }>['fields'][number]

function keyOf(field: KeyField, alias: string): string {
  if (field.kind === 'constant') return literalText(field.value)
  const value = columnOf(alias, field.column)
  return field.geoJson === true ? geoJsonOf(value, field.column.type) : value
}

/** The rows of the group. Each is built from the row at hand: a sub-select of one row that reads nothing. */
function nodesOf(
  statement: Statement,
  { fields, limit }: { readonly fields: readonly FieldNode[]; readonly limit?: number },
  alias: string,
  printRows: PrintRows,
): string {
  const [empty, object] = [statement.alias('r'), statement.alias('r')]
  const select = printRows(statement, { fields, order: [] }, { from: `(select) ${empty}`, alias })
  return jsonArray(`(select ${select.json(object)} from (${select.text}) ${object})`, limit)
}
