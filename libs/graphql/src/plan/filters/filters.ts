// `where`: T_bool_exp to conditions. Everything in one object is joined by AND.
import type { FilterNode, ReadableColumn } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import type { FunctionModel, TableModel } from '../../model/role-model.ts'
import { aggregatePredicateOf } from './aggregate-predicates.ts'
import { comparand } from './comparand.ts'
import { comparisonOf } from './comparisons.ts'
import { computedColumnOf, computedLinkOf, rowIsThere } from '../reads/functions.ts'
import type { Input } from '../inputs.ts'
import type { Planning } from '../planning.ts'

/** The condition of a T_bool_exp. `{}` is true. */
export function filterOf(planning: Planning, table: TableModel, input: Input, location: string): FilterNode {
  return junctionOf(planning, `${table.name}_bool_exp`, input, location, (key, value, at) => conditionOf(planning, table, key, value, at))
}

/** An object with `_and`, `_or`, `_not` and further keys: where, and having. */
export function junctionOf(
  planning: Planning,
  typeName: string,
  input: Input,
  location: string,
  condition: (key: string, value: Input, location: string) => FilterNode,
): FilterNode {
  const inner = (item: Input, at: string) => junctionOf(planning, typeName, item, at, condition)
  const items = planning.inputs.entries(input, typeName, location).map(([key, value]): FilterNode => {
    const at = `${location}.${key}`
    if (key === '_not') return { kind: 'not', item: inner(value, at) }
    if (key !== '_and' && key !== '_or') return condition(key, value, at)
    // A variable that was not given must not open a filter: it counts as null, and null is refused.
    if (planning.inputs.isNull(value)) throw validationFailed(`expected a list for type '${typeName}', but found null`, at)
    return { kind: key === '_and' ? 'and' : 'or', items: planning.inputs.items(value).map((item, i) => inner(item, `${at}[${i}]`)) }
  })
  return items.length === 1 ? items[0]! : { kind: 'and', items }
}

function conditionOf(planning: Planning, table: TableModel, key: string, value: Input, location: string): FilterNode {
  const column = table.columns.get(key)
  if (column !== undefined) return columnCondition(planning, column, value, location, table.enumOf(column)?.name)
  const computed = table.computed.get(key)
  if (computed !== undefined && isFilterable(computed)) return computedCondition(planning, table, computed, value, location)
  const relationship = table.relationships.get(key)
  if (relationship !== undefined) {
    planning.spend(1, location)
    return { kind: 'exists', link: relationship.link, filter: filterOf(planning, relationship.target, value, location) }
  }
  const aggregated = key.endsWith('_aggregate') ? table.relationships.get(key.slice(0, -'_aggregate'.length)) : undefined
  if (aggregated?.link.cardinality === 'to_many') {
    planning.spend(1, location)
    return aggregatePredicateOf(planning, aggregated, value, location, filterOf)
  }
  throw validationFailed(`field '${key}' not found in type: '${table.name}_bool_exp'`, location)
}

function columnCondition(planning: Planning, column: ReadableColumn, input: Input, location: string, enumName?: string): FilterNode {
  return comparisonOf(planning, comparand({ kind: 'operand', column }, column.type, enumName), input, location)
}

/** What is compared as a scalar, or looked into as rows: no list of scalars. */
function isFilterable({ target, isSet }: FunctionModel): boolean {
  return target !== null || !isSet
}

/** A computed scalar is compared like a column, computed rows are looked into like related ones. */
function computedCondition(planning: Planning, table: TableModel, computed: FunctionModel, input: Input, location: string): FilterNode {
  planning.spend(1, location)
  const { target, isSet } = computed
  if (target === null) return columnCondition(planning, computedColumnOf(computed), input, location)
  const wanted = filterOf(planning, target, input, location)
  const there = isSet ? undefined : rowIsThere(target.relation)
  const filter: FilterNode = there === undefined ? wanted : { kind: 'and', items: [there, wanted] }
  return { kind: 'exists', link: computedLinkOf(table, computed, target, []), filter }
}
