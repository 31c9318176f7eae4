// Keyset paging: which rows a page holds, and the keys of its last row and of the one that follows. They are read in the
// same statement as the rows, so both are of one snapshot.
import type { FilterNode, ReadNode } from '../tree.ts'
import { orderOf, sliceOf, whereOf, type RowSource } from './clauses.ts'
import { filterOf } from './filters.ts'
import { operandOf } from './operands.ts'
import type { Statement } from './statement.ts'

/** A page of a read whose order ends with a unique key. */
export interface PageOptions {
  /** The rows after the page before; a total counts all rows all the same. */
  readonly after?: FilterNode
  /** Rows of a page, at least 1: the read's own limit. */
  readonly size: number
}

type Rows = Omit<ReadNode, 'kind'>

/** The rows of the page: the read's own, after those that were sent. */
export function pageRows(node: Rows, { after }: PageOptions): Rows {
  if (after === undefined) return node
  return { ...node, filter: node.filter === undefined ? after : { kind: 'and', items: [node.filter, after] } }
}

/** A JSON array with the order's values (as text) of the page's last row and of the next one; shorter where there is none. */
export function pageCursor(statement: Statement, node: Rows, source: RowSource, { size }: PageOptions): string {
  const keys = node.order.map(({ operand }) => `(${operandOf(statement, operand, source.alias, filterOf)})::text`)
  const where = whereOf(statement, node, source)
  const slice = sliceOf(statement, { limit: size + 1, offset: node.offset })
  const rows = `select json_build_array(${keys.join(', ')}) as k from ${source.from}${where}${orderOf(statement, node.order, source.alias)}${slice}`
  return `(select json_agg(c.k)::text from (select c.k from (${rows}) c${size === 1 ? '' : ` offset ${size - 1}`}) c)`
}
