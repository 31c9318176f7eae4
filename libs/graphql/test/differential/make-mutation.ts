// Random mutations of every kind, one or several in an operation.
import type { Random } from '../../../query/test/property/random.ts'
import { changesOf } from './make-changes.ts'
import { makeFilter, type Making } from './make-filter.ts'
import { callOf, makeSelected, makeSlice } from './make-query.ts'
import { relatedOf } from './make-related.ts'
import { conflictOf, rowOf } from './make-rows.ts'
import { keyValue } from './make-world.ts'
import {
  type Answered,
  type Caller,
  columnOf,
  type Filter,
  hasReadableKey,
  mayTouch,
  type Mutation,
  type MutationField,
  readable,
  type Relation,
  type Row,
  type UpdateOf,
  type World,
} from './model.ts'

type Kind = MutationField['kind']

export function makeMutation(random: Random, world: World, caller: Caller, missing?: ReadonlySet<string>): Mutation | undefined {
  const making: Making = { random, world, caller, missing }
  const tables = world.relations.filter((relation) => kindsOf(relation, caller).length > 0)
  if (tables.length === 0) return undefined
  const count = random.chance(75) ? 1 : random.between(2, 3)
  const fields = Array.from({ length: count }, (_, i) => fieldOf(making, random.pick(tables), `f${i}`))
  return { kind: 'mutation', caller, style: random.below(1_000_000) + 1, fields }
}

/** What the dialect offers to the caller. */
function kindsOf(relation: Relation, { role }: Caller): Kind[] {
  const { select, insert, update, delete: deletes } = relation.rights[role]
  const byKey = hasReadableKey(relation, role)
  const kinds: Kind[] = []
  if (insert.size > 0) kinds.push('insert', 'insert')
  if (insert.size > 0 && select.size > 0) kinds.push('insert_one')
  if (update.size > 0) kinds.push('update', 'update', 'update_many')
  if (update.size > 0 && byKey) kinds.push('update_by_pk')
  if (deletes) kinds.push('delete')
  if (deletes && byKey) kinds.push('delete_by_pk')
  if (mayTouch(relation, role)) kinds.push('call')
  return kinds
}

function fieldOf(outer: Making, relation: Relation, key: string): MutationField {
  const making: Making = { ...outer, conflicts: new Map() }
  const { random, caller } = making
  const kind = random.pick(kindsOf(relation, caller))
  const answer = () => answerOf(making, relation)
  const selected = () => makeSelected(making, relation, 1)
  const values = () => relation.key.map((name) => keyValue(columnOf(relation, name).type, random.below(12)))
  const update = () => updateOf(making, relation)
  switch (kind) {
    case 'insert': {
      const rows = Array.from({ length: random.between(1, 3) }, () => rowOf(making, relation, [], 1))
      return {
        key,
        relation,
        kind,
        rows,
        ...conflictOf(making, relation, 45, rows.some(isNested), rows.length > 1),
        answer: answer(),
      }
    }
    case 'insert_one': {
      const rows = [rowOf(making, relation, [], 1)]
      return { key, relation, kind, rows, ...conflictOf(making, relation, 30, rows.some(isNested)), selected: selected() }
    }
    case 'update':
      return { key, relation, kind, filter: whereOf(making, relation), ...update(), answer: answer() }
    case 'update_many': {
      const updates = Array.from({ length: random.between(1, 3) }, () => ({ filter: whereOf(making, relation), ...update() }))
      return { key, relation, kind, updates, answer: answer() }
    }
    case 'update_by_pk':
      return { key, relation, kind, values: values(), ...update(), selected: selected() }
    case 'delete':
      return { key, relation, kind, filter: whereOf(making, relation), answer: answer() }
    case 'call':
      return { key, relation, kind, call: callOf(random), slice: makeSlice(making, relation), selected: selected() }
    case 'delete_by_pk':
      return { key, relation, kind, values: values(), selected: selected() }
  }
}

function updateOf(making: Making, relation: Relation): Pick<UpdateOf, 'changes' | 'related'> {
  const changes = changesOf(making, relation)
  const isRare = [...(making.missing ?? [])].some((part) => part.startsWith('related'))
  return making.random.chance(isRare ? 60 : 25) ? relatedOf(making, relation, changes, 0) : { changes, related: [] }
}

const isNested = ({ nested }: Row): boolean => nested.length > 0

function whereOf(making: Making, relation: Relation): Filter {
  if (readable(relation, making.caller.role).length === 0 || making.random.chance(6)) return { kind: 'object', items: [] }
  return makeFilter(making, relation, 1)
}

function answerOf(making: Making, relation: Relation): Answered {
  const { random, caller } = making
  const mayRead = readable(relation, caller.role).length > 0
  const parts: Answered['parts'][number][] = []
  if (!mayRead || random.chance(60)) parts.push({ kind: 'affected_rows', key: random.chance(80) ? 'affected_rows' : 'n' })
  if (mayRead && (parts.length === 0 || random.chance(75)))
    parts.push({ kind: 'returning', key: 'returning', selected: makeSelected(making, relation, random.chance(50) ? 2 : 1) })
  if (random.chance(6)) parts.push({ kind: 'typename', key: '__typename' })
  return { parts: random.shuffle(parts) }
}
