// Random groups: what rows are grouped by, conditions on the groups, and their order.
import { columnTypes, floatAggregates, type TypeName } from './column-types.ts'
import { compareFilter, isSortable, makeFilter, type Making } from './make-filter.ts'
import { type AggregatePart, type Column, directions, type Filter, type Groups, type Having, readable, type Relation } from './model.ts'

export const aggregateCalls = ['min', 'max', 'sum', ...floatAggregates] as const

/** May this aggregate be over columns of the type? */
export function isAggregated(call: string, type: TypeName): boolean {
  const { numeric, bounded } = columnTypes[type]
  return call === 'min' || call === 'max' ? bounded : numeric
}

/** Floating-point variances differ in their last digit by the order of the rows, and those of large numbers are rounded. */
export function isExactly(call: string, type: TypeName): boolean {
  return isAggregated(call, type) && !(/^(?:var|std)/.test(call) && ['float8', 'numeric', 'int8'].includes(type))
}

/** `parts`: what is asked of each group beside its key. */
export function makeGroups(making: Making, relation: Relation, parts: readonly AggregatePart[]): Groups {
  const { random, caller } = making
  const groupable = readable(relation, caller.role).filter(isSortable)
  const by = random.some(groupable, 2)
  const order = random.chance(60) ? random.shuffle(by).map((column) => ({ column, direction: random.pick(directions) })) : []
  const cut = order.length > 0 && random.chance(40) ? { limit: random.between(1, 5), offset: random.below(2) } : {}
  const key = { kind: 'key', key: 'key', columns: random.some(by).map((column) => ({ key: column.name, column })) } as const
  return {
    ...(random.chance(35) ? { filter: makeFilter(making, relation, 1) } : {}),
    by,
    ...(random.chance(55) ? { having: makeHaving(making, relation, 0) } : {}),
    ...(order.length > 0 && random.chance(40) ? { first: firstOrder(making, relation) } : {}),
    order,
    ...cut,
    parts: random.shuffle([key, ...parts.filter((part) => part.kind !== 'typename')]),
  }
}

function firstOrder({ random, caller }: Making, relation: Relation): Groups['first'] {
  const direction = random.pick(directions)
  const call = random.pick(aggregateCalls)
  const fitting = readable(relation, caller.role).filter(({ type }) => isExactly(call, type))
  return fitting.length === 0 || random.chance(40) ? { call: 'count', direction } : { call, column: random.pick(fitting), direction }
}

function makeHaving(making: Making, relation: Relation, depth: number): Having {
  const { random, caller, missing } = making
  const kind = random.below(100)
  const items = (): Having[] => Array.from({ length: random.below(4) }, () => makeHaving(making, relation, depth + 1))
  if (depth < 2 && kind < 8) return { kind: 'and', items: items() }
  if (depth < 2 && kind < 18) return { kind: 'or', items: items() }
  if (depth < 2 && kind < 25) return { kind: 'not', item: makeHaving(making, relation, depth + 1) }
  const columns = readable(relation, caller.role)
  const rare = aggregateCalls.filter((call) => missing?.has(`having ${call}`) === true)
  const call = random.pick(rare.length > 0 && random.chance(50) ? rare : aggregateCalls)
  // The least key of an enum table is a text.
  const fitting = columns.filter(({ type }) => isExactly(call, type) && type !== 'feel')
  if (kind < 50 || fitting.length === 0) return { kind: 'count', count: countTest(making, columns.filter(isSortable)) }
  return { kind: 'call', call, ...comparisonOf(making, call, random.pick(fitting)) }
}

function comparisonOf({ random }: Making, call: string, column: Column): Omit<Extract<Having, { kind: 'call' }>, 'kind' | 'call'> {
  if (random.chance(10)) return { column, operator: '_is_null', value: String(random.chance(50)) }
  if (call === 'min' || call === 'max') {
    const { operator, value } = compareFilter(random, column, random.pick(columnTypes[column.type].operators)) as Extract<
      Filter,
      { kind: 'compare' }
    >
    return { column, operator, value }
  }
  const few = ['-1', '0', '1', '2', '5', '1000', ...(['numeric', 'float8'].includes(column.type) || call !== 'sum' ? ['1.5', '-0.25'] : [])]
  const operator = random.pick(['_gt', '_lt', '_gte', '_lte', '_neq', '_eq', '_in', '_nin'])
  const value = operator === '_in' || operator === '_nin' ? random.some(few, 3) : random.pick(few)
  return { column, operator, value }
}

function countTest({ random }: Making, columns: readonly Column[]): Extract<Having, { kind: 'count' }>['count'] {
  const counted = columns.length > 0 && random.chance(50) ? random.some(columns, 2) : []
  const operator = random.pick(['_eq', '_neq', '_gt', '_gte', '_gte', '_lt', '_lte', '_in', '_nin'])
  const few = ['0', '1', '2', '3']
  return {
    columns: counted,
    distinct: counted.length > 0 && random.chance(50),
    operator,
    value: operator === '_in' || operator === '_nin' ? random.some(few) : random.pick(few),
  }
}
