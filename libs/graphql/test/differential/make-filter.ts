// Random conditions: every operator that fits a type, and relationships as deep as they go.
import type { Random } from '../../../query/test/property/random.ts'
import { columnTypes, floatPredicates, jsonKeys, listItems, patterns, type TypeName } from './column-types.ts'
import { keyValue } from './make-world.ts'
import {
  type Caller,
  type Column,
  comparable,
  computedFrom,
  type Filter,
  type Link,
  linksFrom,
  type OnConflict,
  readable,
  type Relation,
  type Value,
  type World,
} from './model.ts'

/** What a document may say: who asks, and what the dialect offers there. */
export interface Making {
  readonly random: Random
  readonly world: World
  readonly caller: Caller
  /** For Relay's endpoint. */
  readonly relay?: boolean
  /** Parts of the dialect that have found no row yet. */
  readonly missing?: ReadonlySet<string>
  /** Of the relationships that one insert reaches. */
  readonly conflicts?: Map<Link, { readonly conflict?: OnConflict }>
}

export function makeFilter(making: Making, relation: Relation, depth = 0): Filter {
  const { random } = making
  const kind = random.below(100)
  const items = (most: number): Filter[] => Array.from({ length: random.below(most + 1) }, () => makeFilter(making, relation, depth + 1))
  if (depth < 3 && kind < 10) return { kind: 'and', items: items(3) }
  if (depth < 3 && kind < 22) return { kind: 'or', items: items(3) }
  if (depth < 3 && kind < 31) return { kind: 'not', item: makeFilter(making, relation, depth + 1) }
  if (depth < 3 && kind < 38) return objectOf(items(3))
  const links = depth < 3 ? linksFrom(making.world, relation, making.caller.role) : []
  const counted = links.filter(({ toOne, target }) => !toOne && floatsOf(target, making.caller).length > 0)
  if (counted.length > 0 && random.chance(12)) return floatFilter(making, random.pick(counted), depth)
  const computed = depth < 3 ? computedFrom(making.world, relation, making.caller.role).filter((link) => link.computed!.isBare) : []
  if (computed.length > 0 && kind < 42) {
    const link = random.pick(computed)
    return { kind: 'related', link, filter: makeFilter(making, link.target, depth + 1) }
  }
  if (links.length > 0 && kind < 62) return relatedFilter(making, random.pick(links), depth)
  return comparisonOf(making, relation)
}

/** Several keys in one object: each at most once. */
function objectOf(items: readonly Filter[]): Filter {
  const keys = items.map(keyInObject)
  return { kind: 'object', items: items.filter((_item, i) => keys[i] !== undefined && keys.indexOf(keys[i]) === i) }
}

function keyInObject(filter: Filter): string | undefined {
  if (filter.kind === 'object') return undefined
  if (filter.kind === 'compare' || filter.kind === 'is_null') return filter.column.name
  if (filter.kind === 'related') return filter.link.name
  return filter.kind.startsWith('related') ? `${(filter as { link: Link }).link.name}_aggregate` : `_${filter.kind}`
}

function relatedFilter(making: Making, link: Link, depth: number): Filter {
  const { random } = making
  const filter = () => (random.chance(25) ? ({ kind: 'object', items: [] } as const) : makeFilter(making, link.target, depth + 1))
  if (link.toOne || random.chance(60)) return { kind: 'related', link, filter: filter() }
  const inner = random.chance(40) ? filter() : undefined
  const columns = readable(link.target, making.caller.role).filter(({ type }) => columnTypes[type].sortable)
  const flags = columns.filter(({ type }) => type === 'bool')
  if (flags.length > 0 && random.chance(50))
    return {
      kind: 'related_bool',
      link,
      test: { call: random.pick(['bool_and', 'bool_or']), column: random.pick(flags), filter: inner, value: random.chance(60) },
    }
  const operator = random.pick(['_eq', '_neq', '_gt', '_gte', '_lt', '_lte', '_in', '_nin'])
  const few = ['0', '1', '2', '3']
  const counted = random.chance(30) ? random.some(columns, 2) : []
  return {
    kind: 'related_count',
    link,
    count: {
      columns: counted,
      distinct: counted.length > 0 && random.chance(50),
      filter: inner,
      operator,
      value: operator === '_in' || operator === '_nin' ? random.some(few) : random.pick(few),
    },
  }
}

/** Floating-point columns that a role may read. */
const floatsOf = (relation: Relation, { role }: Caller): Column[] => readable(relation, role).filter(({ type }) => type === 'float8')

function floatFilter(making: Making, link: Link, depth: number): Filter {
  const { random, caller, missing } = making
  const floats = floatsOf(link.target, caller)
  const rare = floatPredicates.filter((each) => missing?.has(`where aggregate ${each}`) === true)
  const call = random.pick(rare.length > 0 ? rare : floatPredicates)
  const isRounded = ['var_samp', 'stddev_samp', 'covar_samp'].includes(call)
  const test = {
    call,
    columns: Array.from({ length: call === 'covar_samp' ? 2 : 1 }, () => random.pick(floats)),
    distinct: call !== 'covar_samp' && random.chance(35),
    filter: random.chance(25) ? makeFilter(making, link.target, depth + 1) : undefined,
    operator: random.pick(isRounded ? ['_gt', '_lt', '_neq'] : ['_gt', '_lt', '_gte', '_lte', '_eq', '_neq']),
    // Values that none of the rounded ones comes near to.
    value: random.pick(isRounded ? ['-0.7123', '0.7123', '1.2345', '1.9317'] : ['0', '1.5', '-0.75', '0.125', '-2.25']),
  }
  return { kind: 'related_float', link, test }
}

function comparisonOf({ random, caller, missing }: Making, relation: Relation): Filter {
  const columns = comparable(relation, caller.role)
  const rare =
    missing === undefined || random.chance(50)
      ? []
      : columns.flatMap((column) => rareOperators(column, missing).map((operator) => ({ column, operator })))
  if (rare.length > 0) {
    const { column, operator } = random.pick(rare)
    return operator === '_is_null' ? { kind: 'is_null', column, what: random.chance(50) } : compareFilter(random, column, operator)
  }
  const plain = columns.filter(({ use }) => use === 'plain' || use === 'computed')
  const column = random.pick(plain.length > 0 && random.chance(80) ? plain : columns)
  const operators = columnTypes[column.type].operators
  if (operators.length === 0 || random.chance(10)) return { kind: 'is_null', column, what: random.chance(50) }
  return compareFilter(random, column, random.pick(operators))
}

function rareOperators(column: Column, missing: ReadonlySet<string>): string[] {
  return [...columnTypes[column.type].operators, '_is_null'].filter((operator) => missing.has(`where ${column.type} ${operator}`))
}

export function compareFilter(random: Random, column: Column, operator: string): Filter {
  if (operator !== '_cast') return { kind: 'compare', column, operator, value: operandOf(random, column, operator) }
  const cast = random.pick(['_like', '_ilike', '_eq', '_regex'])
  return {
    kind: 'compare',
    column,
    operator: `_cast${cast}`,
    value: random.pick(cast === '_eq' ? columnTypes.jsonb.values : patterns[cast]!),
  }
}

function operandOf(random: Random, column: Column, operator: string): Value {
  const pattern = patterns[operator] ?? patterns[operator.replace('_n', '_')]
  if (pattern !== undefined && operator !== '_neq') return random.pick(pattern)
  if (operator === '_has_key') return random.pick(jsonKeys)
  if (operator.startsWith('_has_keys')) return random.chance(10) ? [] : random.some(jsonKeys, 3)
  const one = (): Value => valueOf(random, column)
  if (operator !== '_in' && operator !== '_nin') return one()
  // Lists of lists have no place here.
  if (columnTypes[column.type].written === 'list') return one()
  return Array.from({ length: random.below(4) }, () => one() as string)
}

/** A value of the column: often one that occurs. */
export function valueOf(random: Random, { type, use }: Column): Value {
  if (columnTypes[type].written === 'list') return random.pick(listItems[type]!)
  if (use === 'key' || use === 'reference') return keyValue(type, random.below(random.chance(80) ? 8 : 25))
  if (use === 'mark') return `mk${random.between(1, 40)}k`
  return random.pick(columnTypes[type].values)
}

export const isSortable = ({ type }: { readonly type: TypeName }): boolean => columnTypes[type].sortable
