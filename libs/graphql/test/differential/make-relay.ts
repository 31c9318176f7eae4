// Random queries at Relay's endpoint: pages of lists, at the root and over relationships, and rows by their global id.
import type { Random } from '../../../query/test/property/random.ts'
import type { Making } from './make-filter.ts'
import { makeSelected, makeSlice } from './make-query.ts'
import { keyValue } from './make-world.ts'
import { type Caller, columnOf, type OrderTerm, type Query, readable, type Relation, type Selected, type World } from './model.ts'
import { type ConnectionField, type ConnectionPart, type EdgePart, type NodeField, type Page, pageFacts } from './relay-model.ts'

export function makeRelayQuery(random: Random, world: World, caller: Caller, missing?: ReadonlySet<string>): Query | undefined {
  const making: Making = { random, world, caller, missing, relay: true }
  const relations = world.relations.filter((relation) => readable(relation, caller.role).length > 0)
  if (relations.length === 0) return undefined
  const count = random.chance(80) ? 1 : random.between(2, 3)
  const fields = Array.from({ length: count }, (_, i) => {
    const relation = random.pick(relations)
    return random.chance(20) ? nodeField(making, relation, `f${i}`) : connectionField(making, relation, `f${i}`)
  })
  return { kind: 'query', caller, relay: true, style: random.below(1_000_000) + 1, fields }
}

function nodeField(making: Making, relation: Relation, key: string): NodeField {
  const row = making.random.below(18)
  const values = relation.key.map((name) => keyValue(columnOf(relation, name).type, row))
  return { kind: 'node', key, relation, values, selected: makeSelected(making, relation, 0) }
}

function connectionField(making: Making, relation: Relation, key: string): ConnectionField {
  const { random } = making
  const page = makePage(making, relation, 0)
  return { kind: 'connection', key, relation, page, ...(random.chance(20) ? { walk: random.between(1, 5) } : {}) }
}

/** Relationships at `depth` have pages too. */
export function makePage(making: Making, relation: Relation, depth: number): Page {
  const { random } = making
  const { filter, order, distinct } = makeSlice(making, relation)
  const isKey = ({ path, column }: OrderTerm) => path.length === 0 && column !== undefined && relation.key.includes(column.name)
  // Without the key, which the order gets by itself.
  const asked = random.chance(60) ? order.filter((term, i) => i < distinct.length || !isKey(term)) : order
  return {
    filter,
    order: distinct.length > 0 && random.chance(20) ? [] : asked,
    distinct,
    ...(random.chance(75) ? { size: random.chance(6) ? 0 : random.between(1, 6) } : {}),
    fromEnd: random.chance(45),
    ...(random.chance(depth === 0 ? 60 : 45) ? { cursor: { side: random.pick(['after', 'before'] as const), at: random.below(40) } } : {}),
    parts: partsOf(making, relation, depth),
  }
}

function partsOf(making: Making, relation: Relation, depth: number): ConnectionPart[] {
  const { random } = making
  const nodes = (key: string): EdgePart => ({ kind: 'node', key, selected: makeSelected(making, relation, depth + 1) })
  const edge: EdgePart[] = [nodes('node')]
  if (random.chance(50)) edge.push({ kind: 'cursor', key: random.chance(80) ? 'cursor' : 'c' })
  if (random.chance(5)) edge.push({ kind: 'typename', key: '__typename' })
  if (random.chance(6)) edge.push(nodes('again'))
  const parts: ConnectionPart[] = []
  if (random.chance(85)) parts.push({ kind: 'edges', key: random.chance(85) ? 'edges' : 'e', parts: random.shuffle(edge) })
  if (parts.length === 0 || random.chance(60))
    parts.push({ kind: 'page_info', key: 'pageInfo', parts: random.some(pageFacts).map((kind) => ({ kind, key: kind })) })
  if (random.chance(5)) parts.push({ kind: 'typename', key: '__typename' })
  return random.shuffle(parts)
}

/** What takes a place of its own in rows at Relay's endpoint: `id` is the global id whatever columns there are. */
export function withGlobalIds(random: Random, selected: readonly Selected[]): Selected[] {
  const others = selected.filter((each) => each.kind !== 'column' || each.column.name !== 'id' || each.column.computed !== undefined)
  const id: Selected = { kind: 'global_id', key: 'id' }
  return others.length === 0 || random.chance(50) ? [...others, id] : others
}
