// Random pages of lists, and what else rows have at Relay's endpoint.
import type { Random } from '../../../query/test/property/random.ts'
import type { Making } from './make-filter.ts'
import type { OrderTerm, Relation, Selected, Slice } from './model.ts'
import { type ConnectionPart, type EdgePart, type Page, pageFacts } from './relay-model.ts'

/** How what a page is made of is made; rows have pages in turn. */
export interface Inside {
  slice(making: Making, relation: Relation): Slice
  selected(making: Making, relation: Relation, depth: number): readonly Selected[]
}

/** Relationships at `depth` have pages too. */
export function makePage(making: Making, relation: Relation, depth: number, inside: Inside): Page {
  const { random } = making
  const { filter, order, distinct } = inside.slice(making, relation)
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
    parts: partsOf(making, relation, depth, inside),
  }
}

function partsOf(making: Making, relation: Relation, depth: number, inside: Inside): ConnectionPart[] {
  const { random } = making
  const nodes = (key: string): EdgePart => ({ kind: 'node', key, selected: inside.selected(making, relation, depth + 1) })
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
