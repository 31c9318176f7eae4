// Random queries with everything that the dialect has for reading.
import type { Random } from '../../../query/test/property/random.ts'
import { columnTypes, floatAggregates, jsonPaths } from './column-types.ts'
import { type Inside, makePage, withGlobalIds } from './make-page.ts'
import { scalarField } from './root-functions.ts'
import { isAggregated, isExactly, makeGroups } from './make-groups.ts'
import { isSortable, makeFilter, type Making } from './make-filter.ts'
import { keyValue } from './make-world.ts'
import {
  type AggregateField,
  type AggregatePart,
  type Call,
  type Caller,
  type Column,
  columnOf,
  comparable,
  computedFrom,
  directions,
  hasReadableKey,
  linksFrom,
  mayReadAll,
  type OrderTerm,
  type Query,
  type QueryField,
  readable,
  type Relation,
  type Selected,
  type Slice,
  type World,
} from './model.ts'

export function makeQuery(random: Random, world: World, caller: Caller, missing?: ReadonlySet<string>): Query | undefined {
  const making: Making = { random, world, caller, missing }
  const relations = world.relations.filter((relation) => readable(relation, caller.role).length > 0)
  if (relations.length === 0) return undefined
  const count = random.chance(75) ? 1 : random.between(2, 4)
  const fields = Array.from({ length: count }, (_, i) =>
    random.chance(2) ? scalarField(random, `f${i}`) : fieldOf(making, random.pick(relations), i),
  )
  return { kind: 'query', caller, style: random.below(1_000_000) + 1, fields }
}

function fieldOf(making: Making, relation: Relation, i: number): QueryField {
  const { random, caller } = making
  const kind = random.below(100)
  if (kind < 18 && hasReadableKey(relation, caller.role)) {
    const row = random.below(18)
    const values = relation.key.map((name) => keyValue(columnOf(relation, name).type, row))
    const key = i === 0 && random.chance(60) ? `${relation.name}_by_pk` : `f${i}`
    return { kind: 'by_pk', key, relation, values, selected: makeSelected(making, relation, 0) }
  }
  if (kind < 28) return groupField(making, relation, i)
  if (kind < 32 && mayReadAll(relation, caller.role))
    return { kind: 'one', key: `f${i}`, relation, call: callOf(random), selected: makeSelected(making, relation, 0) }
  const call = mayReadAll(relation, caller.role) && random.chance(12) ? { call: callOf(random) } : {}
  if (kind < 44) {
    const key = i === 0 && random.chance(60) ? `${relation.name}_aggregate` : `f${i}`
    return {
      kind: 'aggregate',
      key: 'call' in call ? `f${i}` : key,
      relation,
      ...call,
      slice: makeSlice(making, relation),
      parts: makeParts(making, relation, 0),
    }
  }
  const key = i === 0 && random.chance(60) ? relation.name : `f${i}`
  return {
    kind: 'rows',
    key: 'call' in call ? `f${i}` : key,
    relation,
    ...call,
    slice: makeSlice(making, relation),
    selected: makeSelected(making, relation, 0),
  }
}

export function callOf(random: Random): Call {
  const parts = random.between(1, 3)
  return { parts, ...(random.chance(50) ? { part: random.below(parts) } : {}) }
}

function groupField(making: Making, relation: Relation, i: number): QueryField {
  return { kind: 'group_by', key: `f${i}`, relation, ...makeGroups(making, relation, makeParts(making, relation, 1)) }
}

/** A selection of a row. */
export function makeSelected(making: Making, relation: Relation, depth: number): Selected[] {
  const { random, world, caller } = making
  const selected: Selected[] = random.some(readable(relation, caller.role), 5).map((column) => columnField(random, column))
  if (mayReadAll(relation, caller.role) && relation.computed.length > 0 && random.chance(25))
    selected.push(...random.some(relation.computed, 2).map((column) => columnField(random, column)))
  const computed = depth < 3 && random.chance(depth === 0 ? 15 : 8) ? computedFrom(world, relation, caller.role) : []
  if (computed.length > 0) {
    const link = random.pick(computed)
    const inner = makeSelected(making, link.target, depth + 1)
    selected.push(
      link.toOne
        ? { kind: 'row', key: link.name, link, selected: inner }
        : { kind: 'rows', key: link.name, link, slice: makeSlice(making, link.target), selected: inner },
    )
  }
  const links = depth < 3 ? linksFrom(world, relation, caller.role) : []
  const nested = links.length === 0 ? 0 : random.below(depth === 0 ? 4 : 2)
  for (let i = 0; i < nested; i++) {
    const link = random.pick(links)
    const { target } = link
    if (link.toOne) selected.push({ kind: 'row', key: link.name, link, selected: makeSelected(making, target, depth + 1) })
    else if (making.relay === true && random.chance(60))
      selected.push({ kind: 'connection', key: `${link.name}_connection`, link, page: makePage(making, target, depth + 1, inside) })
    else if (random.chance(12))
      selected.push({
        kind: 'group_by',
        key: `${link.name}_group_by`,
        link,
        ...makeGroups(making, target, makeParts(making, target, depth + 1)),
      })
    else if (random.chance(65))
      selected.push({
        kind: 'rows',
        key: link.name,
        link,
        slice: makeSlice(making, target),
        selected: makeSelected(making, target, depth + 1),
      })
    else
      selected.push({
        kind: 'aggregate',
        key: `${link.name}_aggregate`,
        link,
        slice: makeSlice(making, target),
        parts: makeParts(making, target, depth + 1),
      })
  }
  if (random.chance(8)) selected.push({ kind: 'typename', key: '__typename' })
  const all = making.relay === true ? withGlobalIds(random, selected) : selected
  return random.shuffle(withKeys(random, all, new Set(relation.columns.map(({ name }) => name))))
}

function columnField(random: Random, column: Column): Selected {
  const isJson = columnTypes[column.type].written === 'json'
  return { kind: 'column', key: column.name, column, ...(isJson && random.chance(50) ? { path: random.pick(jsonPaths) } : {}) }
}

/** Some get an alias, those that need one do. */
function withKeys(random: Random, selected: readonly Selected[], names: ReadonlySet<string>): Selected[] {
  const taken = new Set<string>()
  return selected.map((each, i) => {
    let { key } = each
    if (random.chance(20)) key = `a${i}`
    // Now and then a column's name, for something else.
    if (random.chance(3)) key = [...names][random.below(names.size)]!
    if (taken.has(key)) key = `b${i}`
    taken.add(key)
    return { ...each, key }
  })
}

export function makeSlice(making: Making, relation: Relation): Slice {
  const { random, caller } = making
  const filter = random.chance(55) ? makeFilter(making, relation) : undefined
  const mayOrder = relation.key.every((name) => relation.rights[caller.role].select.has(name))
  if (!mayOrder || random.chance(45)) return { filter, order: [], distinct: [], ...(random.chance(3) ? { limit: 0 } : {}) }
  const order = Array.from({ length: random.below(3) }, () => orderTerm(making, relation))
  const sortable = readable(relation, caller.role).filter(isSortable)
  const distinct = random.chance(22) ? random.some(sortable, 2) : []
  const leading = distinct.map((column): OrderTerm => ({ path: [], column, direction: random.pick(directions) }))
  const rest = [...order, ...keyOrder(random, relation)].filter(
    ({ column, path }) => path.length > 0 || column === undefined || !distinct.includes(column),
  )
  return {
    filter,
    order: [...leading, ...rest],
    distinct,
    ...(random.chance(50) ? { limit: random.chance(10) ? 0 : random.between(1, 8) } : {}),
    ...(random.chance(30) ? { offset: random.below(5) } : {}),
  }
}

/** What makes an order total. */
function keyOrder(random: Random, relation: Relation): OrderTerm[] {
  return relation.key.map((name) => ({ path: [], column: columnOf(relation, name), direction: random.pick(['asc', 'desc'] as const) }))
}

function orderTerm(making: Making, relation: Relation): OrderTerm {
  const { random, world, caller } = making
  const direction = random.pick(directions)
  const path = []
  let at = relation
  for (let steps = 0; steps < 3 && random.chance(45); steps++) {
    const links = linksFrom(world, at, caller.role).filter(({ toOne }) => toOne)
    if (links.length === 0) break
    const link = random.pick(links)
    path.push(link)
    at = link.target
  }
  const lists = linksFrom(world, at, caller.role).filter(({ toOne }) => !toOne)
  if (lists.length === 0 || random.chance(60))
    return { path, column: random.pick(comparable(at, caller.role).filter(isSortable)), direction }
  const link = random.pick(lists)
  const columns = readable(link.target, caller.role)
  const call = random.pick(['count', 'count', 'min', 'max', 'sum', 'avg', ...floatAggregates])
  const exact = columns.filter(({ type }) => isExactly(call, type))
  if (call === 'count' || exact.length === 0) return { path, aggregate: { link, call: 'count' }, direction }
  return { path, aggregate: { link, call, column: random.pick(exact) }, direction }
}

export function makeParts(making: Making, relation: Relation, depth: number): AggregatePart[] {
  const { random } = making
  const parts: AggregatePart[] = []
  if (random.chance(85)) parts.push({ kind: 'aggregate', key: 'aggregate', fields: aggregateFields(making, relation) })
  if (parts.length === 0 || random.chance(35))
    parts.push({ kind: 'nodes', key: random.chance(80) ? 'nodes' : 'n', selected: makeSelected(making, relation, depth + 1) })
  if (random.chance(6)) parts.push({ kind: 'typename', key: '__typename' })
  return random.shuffle(parts)
}

function aggregateFields({ random, caller }: Making, relation: Relation): AggregateField[] {
  const columns = readable(relation, caller.role)
  const fields: AggregateField[] = []
  if (random.chance(70)) {
    const counted = random.chance(45) ? random.some(columns.filter(isSortable), 2) : []
    fields.push({
      kind: 'count',
      key: random.chance(70) ? 'count' : 'c',
      columns: counted,
      distinct: counted.length > 0 && random.chance(60),
    })
  }
  const calls = random.some([...floatAggregates, 'sum', 'min', 'max', 'min', 'max', 'sum'], 3)
  for (const call of new Set(calls)) {
    const fitting = columns.filter(({ type }) => isAggregated(call, type))
    if (fitting.length > 0)
      fields.push({ kind: 'call', key: call, call, columns: random.some(fitting, 3).map((column) => ({ key: column.name, column })) })
  }
  if (fields.length === 0 || random.chance(5)) fields.push({ kind: 'typename', key: '__typename' })
  return fields
}

/** For pages. */
export const inside: Inside = { slice: makeSlice, selected: makeSelected }
