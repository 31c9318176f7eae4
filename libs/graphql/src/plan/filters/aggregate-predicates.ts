// `<relationship>_aggregate` in a filter: one aggregate over the related rows, compared.
import type { Column } from '#libs/catalog'
import type { AggregateCall, FilterNode } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import type { Relationship, TableModel } from '../../model/role-model.ts'
import { booleanPredicates, predicateColumns } from '../../schema/filter-types.ts'
import { bigintType, booleanType, doubleType } from '../built-in-types.ts'
import { comparand } from './comparand.ts'
import { comparisonOf } from './comparisons.ts'
import type { Input } from '../inputs.ts'
import type { Planning } from '../planning.ts'

type AggregateTest = Extract<FilterNode, { kind: 'related_aggregate' }>['tests'][number]
type FilterPlanner = (planning: Planning, table: TableModel, input: Input, location: string) => FilterNode

/** The condition of a `R_aggregate_bool_exp`. */
export function aggregatePredicateOf(
  planning: Planning,
  { link, target }: Relationship,
  input: Input,
  location: string,
  filterOf: FilterPlanner,
): FilterNode {
  const { inputs } = planning
  const given = inputs.entries(input, `${target.name}_aggregate_bool_exp`, location).filter(([, value]) => !inputs.isNull(value))
  const [only] = given
  if (only === undefined || given.length > 1) throw validationFailed('exactly one predicate should be specified', location)
  const [aggregate, predicate] = only
  const at = `${location}.${aggregate}`
  const typeName = `${target.name}_aggregate_bool_exp_${aggregate}`
  const parts = new Map(inputs.entries(predicate, typeName, at).filter(([, value]) => !inputs.isNull(value)))
  const compared = parts.get('predicate')
  if (compared === undefined) throw validationFailed(`missing required field 'predicate'`, at)
  const distinct = parts.get('distinct')
  const filter = parts.get('filter')
  const call: AggregateCall = {
    key: '',
    function: aggregate as AggregateCall['function'],
    columns: argumentsOf(planning, target, aggregate, parts.get('arguments'), `${at}.arguments`),
    distinct: distinct !== undefined && inputs.flag(distinct),
  }
  return {
    kind: 'related_aggregate',
    link,
    call,
    ...(filter === undefined ? {} : { filter: filterOf(planning, target, filter, `${at}.filter`) }),
    tests: testsOf(planning, target, aggregate, compared, `${at}.predicate`),
  }
}

function argumentsOf(planning: Planning, table: TableModel, aggregate: string, input: Input | undefined, location: string): Column[] {
  const { inputs } = planning
  const columns = aggregate === 'count' ? table.columns : predicateColumns(table, aggregate)
  const named = (item: Input): Column => {
    const name = inputs.enumValue(item)
    const column = columns.get(name)
    if (column === undefined) throw validationFailed(`there is no column '${name}' to aggregate`, location)
    return column
  }
  if (input === undefined) {
    if (aggregate !== 'count') throw validationFailed(`missing required field 'arguments'`, location)
    return []
  }
  if (aggregate !== 'corr' && aggregate !== 'covar_samp') return inputs.items(input).map(named)
  const pair = new Map(inputs.entries(input, `${table.name}_aggregate_bool_exp_${aggregate}_arguments`, location))
  return ['X', 'Y'].map((key) => {
    const item = pair.get(key)
    if (item === undefined) throw validationFailed(`missing required field '${key}'`, location)
    return named(item)
  })
}

function testsOf(planning: Planning, table: TableModel, aggregate: string, input: Input, location: string): AggregateTest[] {
  const isBoolean = (booleanPredicates as readonly string[]).includes(aggregate)
  const type = aggregate === 'count' ? bigintType : isBoolean ? booleanType : doubleType
  // The operand is not looked at: what is compared is the aggregate.
  const column = table.columns.values().next().value!
  const filter = comparisonOf(planning, comparand({ kind: 'operand', column }, type), input, location)
  const conditions = filter.kind === 'and' ? filter.items : [filter]
  return conditions.map((condition): AggregateTest => {
    if (condition.kind === 'is') return { operator: condition.what === 'null' ? 'is_null' : 'is_not_null' }
    if (condition.kind !== 'compare') throw new TypeError(`an aggregate has no comparison ${condition.kind}`)
    const { operator, value, quantifier } = condition
    return { operator, value, ...(quantifier === undefined ? {} : { quantifier }) }
  })
}
