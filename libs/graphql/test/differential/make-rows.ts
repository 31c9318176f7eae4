// Random rows to insert, with rows inside them, and what happens where a row is there already.
import type { Random } from '../../../query/test/property/random.ts'
import { makeFilter, type Making, valueOf } from './make-filter.ts'
import { keyValue, markOf } from './make-world.ts'
import {
  type Column,
  type Link,
  linksFrom,
  type NestedRows,
  type OnConflict,
  readable,
  type Relation,
  type Row,
  type Value,
} from './model.ts'

/** `determined`: columns that the outer row gives. */
export function rowOf(making: Making, relation: Relation, determined: readonly string[], depth: number): Row {
  const { random, caller } = making
  const given = relation.rights[caller.role].insert
  const rare = making.missing?.has('nested insert in nested') === true ? 20 : 0
  const nested = depth < 3 && random.chance((depth === 1 ? 30 : 25) + rare) ? nestedOf(making, relation, determined, depth) : []
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

export function sharesColumn(a: Link, b: Link): boolean {
  return a.pairs.some(([near]) => b.pairs.some(([other]) => other === near))
}

/** `nests`: other rows hang on these by their key; where they are several, all of them must be affected. */
export function conflictOf(
  making: Making,
  relation: Relation,
  percent: number,
  nests: boolean,
  several = false,
): { conflict?: OnConflict } {
  const { random, caller } = making
  if (!random.chance(percent) || relation.kind === 'view') return {}
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
