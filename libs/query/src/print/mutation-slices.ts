// Limited updates and deletes: which rows, and how the statement finds them again.
import type { Relation } from '#libs/catalog'
import { primaryKeyColumns } from '../relationships.ts'
import type { MutationSlice } from '../mutation-tree.ts'
import type { FilterNode } from '../tree.ts'
import { orderOf, sliceOf, whereOf } from './clauses.ts'
import { columnOf, relationName, type Statement } from './statement.ts'

/** May updates and deletes of the relation be limited? Its rows need a primary key, or a place of their own in a table. */
export function isSliceable(relation: Relation): boolean {
  return rowIdentity(relation) !== undefined
}

/** The `select` of the chosen rows' identity, and the condition that ties `alias` to it under the name `c`. */
export function sliceOfRows(
  statement: Statement,
  relation: Relation,
  filter: FilterNode | undefined,
  slice: MutationSlice,
  alias: string,
): { readonly chosen: string; readonly matches: string } {
  const identity = rowIdentity(relation)
  if (identity === undefined) throw new TypeError('rows without a primary key cannot be limited')
  const row = statement.alias()
  const source = { from: `${relationName(relation)} ${row}`, alias: row }
  const list = identity.map((name) => columnOf(row, name)).join(', ')
  const rest = `${whereOf(statement, { filter }, source)}${orderOf(statement, slice.order, row)}${sliceOf(statement, slice)}`
  return {
    chosen: `select ${list} from ${source.from}${rest}`,
    matches: identity.map((name) => `${columnOf(alias, name)} = ${columnOf('c', name)}`).join(' and '),
  }
}

function rowIdentity(relation: Relation): readonly string[] | undefined {
  const key = primaryKeyColumns(relation)
  if (key.length > 0) return key
  // ctid is no identity across partitions.
  return relation.kind === 'table' ? ['ctid'] : undefined
}
