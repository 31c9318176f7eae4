// Random queries at Relay's endpoint: pages of lists, at the root and over relationships, and rows by their global id.
import type { Random } from '../../../query/test/property/random.ts'
import type { Making } from './make-filter.ts'
import { makePage } from './make-page.ts'
import { inside, makeSelected } from './make-query.ts'
import { keyValue } from './make-world.ts'
import { type Caller, columnOf, type Query, readable, type Relation, type World } from './model.ts'
import type { ConnectionField, NodeField } from './relay-model.ts'

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
  const page = makePage(making, relation, 0, inside)
  return { kind: 'connection', key, relation, page, ...(random.chance(20) ? { walk: random.between(1, 5) } : {}) }
}
