// Which relationships a schema has, and by which words a request may name each of them.
import type { ForeignKey, Link, Relation } from './model.ts'

interface ViewOfTable {
  readonly view: Relation
  readonly base: Relation
  /** Column of the table -> column of the view. */
  readonly names: ReadonlyMap<string, string>
}

/** All relationships between tables, and those that views inherit from the tables they show. */
export function linksOf(tables: readonly Relation[], keys: readonly ForeignKey[], views: readonly ViewOfTable[]): Link[] {
  const links: Link[] = keys.flatMap(bothWays)
  for (const junction of tables) {
    const own = keys.filter((key) => key.source === junction && key.columns.every((name) => junction.key.includes(name)))
    for (const near of own) for (const far of own) if (near !== far) links.push(manyToMany(junction, near, far))
  }
  const ofViews = links.flatMap((link) => (links.length === 0 ? [] : viewsOfLink(link, views)))
  return [...links, ...ofViews]
}

function bothWays(key: ForeignKey): Link[] {
  const pairs = key.columns.map((name, i) => [name, key.targetColumns[i]!] as const)
  const back = pairs.map(([near, far]) => [far, near] as const)
  return [
    { kind: key.unique ? 'one-to-one' : 'many-to-one', source: key.source, target: key.target, pairs, constraint: key.name, forward: true },
    {
      kind: key.unique ? 'one-to-one' : 'one-to-many',
      source: key.target,
      target: key.source,
      pairs: back,
      constraint: key.name,
      forward: false,
    },
  ]
}

function manyToMany(junction: Relation, near: ForeignKey, far: ForeignKey): Link {
  return {
    kind: 'many-to-many',
    source: near.target,
    target: far.target,
    pairs: near.targetColumns.map((name, i) => [name, near.columns[i]!] as const),
    constraint: near.name,
    forward: false,
    through: { relation: junction, far: far.columns.map((name, i) => [name, far.targetColumns[i]!] as const) },
  }
}

/** A view stands wherever its table stands in a relationship: on the near side, on the far side, on both. */
function viewsOfLink(link: Link, views: readonly ViewOfTable[]): Link[] {
  const nears = views.filter(({ base }) => base === link.source)
  const fars = views.filter(({ base }) => base === link.target)
  const choices = [
    ...nears.map((near) => [near, undefined] as const),
    ...fars.map((far) => [undefined, far] as const),
    ...nears.flatMap((near) => fars.map((far) => [near, far] as const)),
  ]
  return choices.map(([near, far]) => {
    const nearName = (name: string): string => near?.names.get(name) ?? name
    const farName = (name: string): string => far?.names.get(name) ?? name
    return {
      ...link,
      source: near?.view ?? link.source,
      target: far?.view ?? link.target,
      pairs: link.pairs.map(([a, b]) => [nearName(a), link.through === undefined ? farName(b) : b] as const),
      through: link.through && { ...link.through, far: link.through.far.map(([a, b]) => [a, farName(b)] as const) },
    }
  })
}

export interface LinkName {
  readonly name: string
  readonly hint?: string
}

/** The relationships from `source` that a name and a hint may mean, by the rules of the dialect. */
export function meant(links: readonly Link[], source: Relation, { name, hint }: LinkName): Link[] {
  return links.filter((link) => {
    if (link.source !== source) return false
    if (link.computed !== undefined) return link.computed === name && hint === undefined
    const near = link.pairs.length === 1 && link.through === undefined ? link.pairs[0]![0] : undefined
    const far = link.pairs.length === 1 && link.through === undefined ? link.pairs[0]![1] : undefined
    if (link.source === link.target && link.through === undefined) {
      if (hint === undefined)
        return (link.target.name === name && link.kind === 'one-to-many') || (near === name && link.kind === 'many-to-one')
      return link.target.name === name && link.kind === 'one-to-many' && far === hint
    }
    const constraint = link.through === undefined ? link.constraint : undefined
    if (hint === undefined) return link.target.name === name || ((constraint === name || near === name) && link.target.kind === 'table')
    return link.target.name === name && [constraint, near, far, link.through?.relation.name].includes(hint)
  })
}

/** Every way to name this relationship and no other. */
export function namesOfLink(links: readonly Link[], link: Link): LinkName[] {
  if (link.computed !== undefined) return [{ name: link.computed }]
  const columns = link.through === undefined && link.pairs.length === 1 ? [link.pairs[0]![0], link.pairs[0]![1]] : []
  const hints = [link.constraint, ...columns, ...(link.through === undefined ? [] : [link.through.relation.name])]
  const candidates: LinkName[] = [
    { name: link.target.name },
    ...(link.forward ? [{ name: link.constraint }, { name: link.pairs[0]![0] }] : []),
    ...hints.map((hint) => ({ name: link.target.name, hint })),
  ]
  return candidates.filter((candidate) => {
    const found = meant(links, link.source, candidate)
    return found.length === 1 && found[0] === link
  })
}
