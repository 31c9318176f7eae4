// LIMIT and OFFSET.
import type { ReadNode } from '../tree.ts'
import type { Statement } from './statement.ts'

/** ` limit … offset …` */
export function sliceOf(statement: Statement, node: Pick<ReadNode, 'limit' | 'offset'>): string {
  const limit = node.limit === undefined ? '' : ` limit ${statement.count(node.limit)}`
  return node.offset === undefined ? limit : `${limit} offset ${statement.count(node.offset)}`
}
