// Conditions on one aggregate over related rows: GraphQL's `<relation>_aggregate` in a filter.
import type { FilterNode } from '../tree.ts'
import { aggregateOf } from './aggregate-calls.ts'
import { infixOf } from './infix.ts'
import { reach } from './links.ts'
import type { FilterPrinter } from './operands.ts'
import type { Statement } from './statement.ts'

/** `exists (select from … having count(*) > $1)`: without rows there still is one row of aggregates. */
export function relatedAggregateOf(
  statement: Statement,
  { link, call, filter, tests }: Extract<FilterNode, { kind: 'related_aggregate' }>,
  alias: string,
  filterOf: FilterPrinter,
): string {
  const target = statement.alias()
  const { from, where } = reach(statement, link, alias, target)
  const conditions = where === undefined ? [] : [where]
  if (filter !== undefined) conditions.push(filterOf(statement, filter, target))
  const value = aggregateOf(statement, call, target)
  const passed = tests.map(({ operator, value: right, quantifier }) => {
    if (operator === 'is_null' || operator === 'is_not_null') return `${value} is ${operator === 'is_null' ? 'null' : 'not null'}`
    if (right === undefined) throw new TypeError(`the operator ${operator} has no value`)
    return infixOf(statement, value, { operator, value: right, ...(quantifier === undefined ? {} : { quantifier }) })
  })
  const matching = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  // HAVING makes the whole selection one group, also when it is empty.
  return `exists (select 1 from ${from}${matching} having ${passed.length === 0 ? 'true' : passed.join(' and ')})`
}
