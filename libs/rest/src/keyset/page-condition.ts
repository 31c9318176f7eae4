// Which rows come after a row: the comparison of rows, written out because terms may differ in direction and in where
// nulls go.
import type { FilterNode, OrderNode, ValueNode } from '#libs/query'

/** The rows that come after the row with these values of the order; null is SQL's null. */
export function rowsAfter(order: readonly OrderNode[], values: readonly (ValueNode | null)[]): FilterNode {
  return after(order, values, 0) ?? { kind: 'or', items: [] }
}

/** Those after it from the i-th term on: strictly after in this term, or equal in it and after in the rest. */
function after(order: readonly OrderNode[], values: readonly (ValueNode | null)[], i: number): FilterNode | undefined {
  const term = order[i]!
  const value = values[i]!
  const beyond = strictlyAfter(term, value)
  if (i === order.length - 1) return beyond
  const rest = after(order, values, i + 1)
  const tied: FilterNode | undefined = rest && { kind: 'and', items: [equalTo(term, value), rest] }
  if (beyond === undefined || tied === undefined) return beyond ?? tied
  const either: FilterNode = { kind: 'or', items: [beyond, tied] }
  if (value === null || nullsFollow(term)) return either
  // Says nothing new, but an index can start there: it cannot with the alternatives.
  return { kind: 'and', items: [compare(term, term.direction === 'asc' ? 'gte' : 'lte', value), either] }
}

function strictlyAfter(term: OrderNode, value: ValueNode | null): FilterNode | undefined {
  const { operand, direction } = term
  if (value === null) return nullsLast(term) ? undefined : { kind: 'is', operand, what: 'not_null' }
  const beyond = compare(term, direction === 'asc' ? 'gt' : 'lt', value)
  return nullsFollow(term) ? { kind: 'or', items: [beyond, { kind: 'is', operand, what: 'null' }] } : beyond
}

function equalTo(term: OrderNode, value: ValueNode | null): FilterNode {
  return value === null ? { kind: 'is', operand: term.operand, what: 'null' } : compare(term, 'eq', value)
}

function compare({ operand }: OrderNode, operator: 'eq' | 'gt' | 'gte' | 'lt' | 'lte', value: ValueNode): FilterNode {
  return { kind: 'compare', operand, operator, value }
}

/** Are there nulls behind the values? */
function nullsFollow(term: OrderNode): boolean {
  const { column, jsonPath, relatedBy } = term.operand
  const never = !('kind' in column) && !column.nullable && jsonPath === undefined && relatedBy === undefined
  return !never && nullsLast(term)
}

function nullsLast({ direction, nulls }: OrderNode): boolean {
  return nulls === undefined ? direction === 'asc' : nulls === 'last'
}
