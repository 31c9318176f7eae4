// What follows the fields of a sub-select: FROM's source, WHERE, GROUP BY, ORDER BY.
import type { Column } from '#libs/catalog'
import { relatedRowsExist } from '../related-rows.ts'
import type { FieldNode, FilterNode, Operand, OrderNode } from '../tree.ts'
import { filterOf } from './filters.ts'
import { operandOf } from './operands.ts'
import { keyword } from './keywords.ts'
import { columnOf, type Statement } from './statement.ts'

export { sliceOf } from './slices.ts'

/** Where rows come from: a FROM clause (empty for the one row that is there already), the alias that fields refer to, and the condition that ties it to an outer row. */
export interface RowSource {
  readonly from: string
  readonly alias: string
  readonly where?: string
  /** The order that the rows have of themselves, when none is asked for. */
  readonly order?: string
}

type RelationField = Extract<FieldNode, { kind: 'relation' }>

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

/** An inner join as a condition. */
export function requirementOf({ link, read }: RelationField): FilterNode {
  return relatedRowsExist(link, read)
}

/** ` order by …`; `known` names the operands that the select list has already. */
export function orderOf(
  statement: Statement,
  order: readonly OrderNode[],
  alias: string,
  known: (operand: Operand) => string | undefined = () => undefined,
): string {
  if (order.length === 0) return ''
  const items = order.map(({ operand, direction, nulls }) => {
    return `${known(operand) ?? operandOf(statement, operand, alias, filterOf)}${direction === 'desc' ? ' desc' : ''}${nulls === undefined ? '' : ` nulls ${keyword(nulls, ['first', 'last'])}`}`
  })
  return ` order by ${items.join(', ')}`
}

/** `distinct on (…) ` */
export function distinctOf(columns: readonly Column[] | undefined, alias: string): string {
  return columns === undefined || columns.length === 0
    ? ''
    : `distinct on (${columns.map((column) => columnOf(alias, column)).join(', ')}) `
}
