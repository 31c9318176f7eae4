// Random `_related`: what an update does to the rows that hang on its own.
import { changesOf } from './make-changes.ts'
import { makeFilter, type Making } from './make-filter.ts'
import { rowOf, sharesColumn } from './make-rows.ts'
import { type Change, hasReadableKey, type Link, linksFrom, type RelatedChange, type Relation, type UpdateOf } from './model.ts'

/** Changes of related rows beside those of the row itself; the row keeps its key, by which it is found again. */
export function relatedOf(
  making: Making,
  relation: Relation,
  given: readonly Change[],
  depth: number,
): Pick<UpdateOf, 'changes' | 'related'> {
  const { random, world, caller } = making
  if (!hasReadableKey(relation, caller.role)) return { changes: given, related: [] }
  const related: RelatedChange[] = []
  const links = linksFrom(world, relation, caller.role).filter(({ target }) => hasReadableKey(target, caller.role))
  const isRare = making.missing?.has('related insert to-one') === true && random.chance(60)
  const away = links.filter(({ forward, source, target }) => forward && source !== target)
  const chosen = isRare && away.length > 0 ? [random.pick(away)] : links.length === 0 ? [] : random.some(links, 2)
  // What a new row determines is not said twice.
  const pointing = isRare ? chosen.flatMap(({ pairs }) => pairs.map(([near]) => near)) : []
  const changes = given.filter(({ column }) => !relation.key.includes(column.name) && !pointing.includes(column.name))
  for (const link of chosen) {
    const change = changeOver(making, link, changes, related, depth)
    if (change !== undefined) related.push(change)
  }
  if (related.length === 0) return { changes: given, related }
  return { changes: random.chance(25) ? [] : changes, related }
}

function changeOver(
  making: Making,
  link: Link,
  changes: readonly Change[],
  others: readonly RelatedChange[],
  depth: number,
): RelatedChange | undefined {
  const { random, caller } = making
  const { source, target, forward } = link
  const [own, far] = [source.rights[caller.role], target.rights[caller.role]]
  const filter = () => (random.chance(30) ? ({ kind: 'object', items: [] } as const) : makeFilter(making, target, 2))
  const isPointing = (other: RelatedChange) => other.link.forward && other.insert !== undefined && sharesColumn(other.link, link)
  const isFree = ([near]: readonly [string, string]) =>
    own.update.has(near) && !source.key.includes(near) && !changes.some(({ column }) => column.name === near)
  const mayPoint = forward ? link.pairs.every(isFree) && !others.some(isPointing) : link.pairs.every(([, name]) => far.insert.has(name))
  const mayInsert = far.insert.size > 0 && target !== source && mayPoint
  const isDeleted = !forward && far.delete && random.chance(making.missing?.has('related delete') === true ? 60 : 35)
  const count = far.update.size > 0 && random.chance(50) ? random.between(1, 2) : 0
  const updates = Array.from({ length: count }, () => updateOver(making, link, filter, depth))
  const isRare = making.missing?.has(`related insert ${link.toOne ? 'to-one' : 'to-many'}`) === true
  const insert = mayInsert && random.chance(isRare ? 80 : 40) ? rowsOver(making, link) : undefined
  if (!isDeleted && updates.length === 0 && insert === undefined) return undefined
  return { link, ...(isDeleted ? { delete: filter() } : {}), updates, ...(insert === undefined ? {} : { insert }) }
}

function updateOver(making: Making, { target }: Link, filter: () => UpdateOf['filter'], depth: number): UpdateOf {
  const { random } = making
  const changes = changesOf(making, target)
  const where = random.chance(60) ? { filter: filter() } : {}
  return {
    ...where,
    ...(depth < 2 && random.chance(making.missing?.has('related in related') === true ? 50 : 20)
      ? relatedOf(making, target, changes, depth + 1)
      : { changes, related: [] }),
  }
}

function rowsOver(making: Making, link: Link): RelatedChange['insert'] {
  const determined = link.forward ? [] : link.pairs.map(([, far]) => far)
  const count = link.toOne ? 1 : making.random.between(1, 2)
  return Array.from({ length: count }, () => rowOf(making, link.target, determined, 2))
}
