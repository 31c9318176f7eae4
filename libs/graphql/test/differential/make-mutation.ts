// Random mutations of every kind, one or several in an operation.
import type { Random } from '../../../query/test/property/random.ts'
import { columnTypes, jsonKeys } from './column-types.ts'
import { makeFilter, type Making, valueOf } from './make-filter.ts'
import { makeSelected } from './make-query.ts'
import { keyValue, markOf } from './make-world.ts'
import {
  type Answered,
  type Caller,
  type Change,
  type Column,
  columnOf,
  type Filter,
  hasReadableKey,
  type Link,
  linksFrom,
  type Mutation,
  type MutationField,
  type NestedRows,
  type OnConflict,
  readable,
  type Relation,
  type Row,
  type Value,
  type World,
} from './model.ts'

type Kind = MutationField['kind']

export function makeMutation(random: Random, world: World, caller: Caller, missing?: ReadonlySet<string>): Mutation | undefined {
  const making: Making = { random, world, caller, missing }
  const tables = world.relations.filter((relation) => relation.kind === 'table' && kindsOf(relation, caller).length > 0)
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
  return kinds
}

function fieldOf(outer: Making, relation: Relation, key: string): MutationField {
  const making: Making = { ...outer, conflicts: new Map() }
  const { random, caller } = making
  const kind = random.pick(kindsOf(relation, caller))
  const answer = () => answerOf(making, relation)
  const selected = () => makeSelected(making, relation, 1)
  const values = () => relation.key.map((name) => keyValue(columnOf(relation, name).type, random.below(12)))
  const changes = () => changesOf(making, relation)
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
      return { key, relation, kind, filter: whereOf(making, relation), changes: changes(), answer: answer() }
    case 'update_many': {
      const updates = Array.from({ length: random.between(1, 3) }, () => ({ filter: whereOf(making, relation), changes: changes() }))
      return { key, relation, kind, updates, answer: answer() }
    }
    case 'update_by_pk':
      return { key, relation, kind, values: values(), changes: changes(), selected: selected() }
    case 'delete':
      return { key, relation, kind, filter: whereOf(making, relation), answer: answer() }
    case 'delete_by_pk':
      return { key, relation, kind, values: values(), selected: selected() }
  }
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

/** `determined`: columns that the outer row gives. */
function rowOf(making: Making, relation: Relation, determined: readonly string[], depth: number): Row {
  const { random, caller } = making
  const given = relation.rights[caller.role].insert
  const nested = depth < 3 && random.chance(depth === 1 ? 30 : 25) ? nestedOf(making, relation, determined, depth) : []
  const taken = new Set([...determined, ...nested.flatMap(({ link }) => (link.forward ? link.pairs.map(([near]) => near) : []))])
  const columns = relation.columns.filter((column) => {
    if (!given.has(column.name) || taken.has(column.name)) return false
    return !(column.nullable || column.fallback !== undefined) || random.chance(60)
  })
  // Columns of one key go together: they name one row.
  const numbers = new Map<string, number>()
  const values = columns.map((column): [string, Value | null] => [column.name, insertedValue(random, column, numbers)])
  return { values: new Map(values), nested }
}

function insertedValue(random: Random, column: Column, numbers: Map<string, number>): Value | null {
  const { name, type, use, nullable } = column
  if (use === 'mark') return random.chance(10) ? markOf(random.between(1, 30)) : markOf(random.between(10_000, 9_999_999))
  if (use === 'plain') return nullable && random.chance(20) ? null : valueOf(random, column)
  const group = use === 'key' ? 'key' : name.split('_')[0]!
  if (!numbers.has(group))
    numbers.set(group, use === 'key' && random.chance(75) ? random.between(1_000, 1_000_000) : random.below(random.chance(90) ? 6 : 40))
  return nullable && numbers.get(group) === 0 ? null : keyValue(type, numbers.get(group)!)
}

function nestedOf(making: Making, relation: Relation, determined: readonly string[], depth: number): NestedRows[] {
  const { random, world, caller } = making
  const fitting = linksFrom(world, relation, caller.role).filter((link) => {
    const insertable = link.target.rights[caller.role].insert
    if (link.target === relation || insertable.size === 0) return false
    const own = relation.rights[caller.role].insert
    if (link.forward) return link.pairs.every(([near]) => own.has(near) && !determined.includes(near))
    return link.pairs.every(([, far]) => insertable.has(far))
  })
  const chosen: Link[] = []
  // Two relationships over one column would both say what it holds.
  for (const link of random.some(fitting, 2))
    if (!chosen.some((other) => other.forward && link.forward && sharesColumn(other, link))) chosen.push(link)
  return chosen.map((link): NestedRows => {
    const count = link.toOne ? 1 : random.below(3)
    const fixed = link.forward ? [] : link.pairs.map(([, far]) => far)
    const rows = Array.from({ length: count }, () => rowOf(making, link.target, fixed, depth + 1))
    return { link, rows, ...innerConflict(making, link) }
  })
}

/** Rows of one relationship have the same on_conflict wherever they are. */
function innerConflict(making: Making, link: Link): { conflict?: OnConflict } {
  let conflict = making.conflicts?.get(link)
  if (conflict === undefined) {
    conflict = conflictOf(making, link.target, 15, true, true)
    making.conflicts?.set(link, conflict)
  }
  return conflict
}

function sharesColumn(a: Link, b: Link): boolean {
  return a.pairs.some(([near]) => b.pairs.some(([other]) => other === near))
}

/** `nests`: other rows hang on these by their key; where they are several, all of them must be affected. */
function conflictOf(making: Making, relation: Relation, percent: number, nests: boolean, several = false): { conflict?: OnConflict } {
  const { random, caller } = making
  if (!random.chance(percent)) return {}
  const updatable = relation.columns.filter(
    ({ name }) => relation.rights[caller.role].update.has(name) && !(nests && relation.key.includes(name)),
  )
  const update = updatable.length === 0 || random.chance(35) ? [] : random.some(updatable, 3)
  if (nests && several && update.length === 0) return {}
  const mayFilter = !(nests && several) && update.length > 0 && readable(relation, caller.role).length > 0
  return {
    conflict: {
      key: nests ? relation.keys[0]! : random.pick(relation.keys),
      update,
      ...(mayFilter && random.chance(55) ? { filter: makeFilter(making, relation, 2) } : {}),
    },
  }
}

function changesOf({ random, caller, missing }: Making, relation: Relation): Change[] {
  const { update } = relation.rights[caller.role]
  const updatable = relation.columns.filter(({ name }) => update.has(name))
  const documents = updatable.filter(({ type }) => type === 'jsonb')
  const rare = jsonOperators.filter((operator) => missing?.has(operator))
  const columns = documents.length > 0 && random.chance(rare.length > 0 ? 60 : 30) ? random.some(documents, 1) : random.some(updatable, 3)
  return columns.map((column): Change => {
    const { numeric } = columnTypes[column.type]
    if (numeric && column.use === 'plain' && random.chance(45)) return { operator: '_inc', column, value: random.pick(['1', '-2', '3']) }
    if (column.type === 'jsonb' && random.chance(70)) return jsonChange(random, column, rare)
    const isEmpty = column.nullable && random.chance(15)
    const value = column.use === 'mark' ? markOf(random.between(10_000, 9_999_999)) : valueOf(random, column)
    return { operator: '_set', column, value: isEmpty ? null : value }
  })
}

const jsonOperators = ['_append', '_prepend', '_delete_key', '_delete_elem', '_delete_at_path'] as const

function jsonChange(random: Random, column: Column, rare: readonly (typeof jsonOperators)[number][]): Change {
  const operator = random.pick(rare.length > 0 && random.chance(60) ? rare : jsonOperators)
  if (operator === '_delete_key') return { operator, column, value: random.pick(jsonKeys) }
  if (operator === '_delete_elem') return { operator, column, value: random.pick(['0', '1', '-1']) }
  if (operator === '_delete_at_path') return { operator, column, value: random.pick([['k'], ['k', 'n'], ['l', '0'], ['none', 'x']]) }
  return { operator, column, value: valueOf(random, column) }
}
