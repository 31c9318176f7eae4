// Which relationship fields a database has, by the rules of the dialect as its README tells them.
import type { ForeignKey, Link, Relation } from './model.ts'

export function linksOf(tables: readonly Relation[], keys: readonly ForeignKey[]): Link[] {
  return tables.flatMap((table) => linksOfTable(table, keys))
}

function linksOfTable(table: Relation, keys: readonly ForeignKey[]): Link[] {
  const wanted = [
    ...keys.filter(({ source }) => source === table).map((key) => ({ key, forward: true, short: forwardName(key) })),
    ...sorted(keys.filter(({ target }) => target === table)).map((key) => ({ key, forward: false, short: key.source.name })),
  ]
  const taken = new Set(table.columns.map(({ name }) => name))
  return wanted.flatMap(({ key, forward, short }): Link[] => {
    const rivals = wanted.filter((other) => other.forward === forward && other.short === short)
    const long = `${short}_by_${key.columns.join('_')}`
    const toOne = forward || key.source.keys.some((unique) => unique.columns.every((name) => key.columns.includes(name)))
    const isFree = (name: string) => !taken.has(name) && (toOne || !taken.has(`${name}_aggregate`))
    const name = (rivals.length > 1 ? [long] : [short, long]).find(isFree)
    if (name === undefined) return []
    taken.add(name)
    if (!toOne) taken.add(`${name}_aggregate`)
    const pairs = key.columns.map((column, i) => [column, key.targetColumns[i]!] as const)
    return [
      {
        name,
        source: table,
        target: forward ? key.target : key.source,
        toOne,
        forward,
        pairs: forward ? pairs : pairs.map(([a, b]) => [b, a] as const),
      },
    ]
  })
}

/** The catalog lists keys by their names. */
function sorted(keys: readonly ForeignKey[]): ForeignKey[] {
  return keys.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function forwardName({ columns, target }: ForeignKey): string {
  if (columns.length > 1) return target.name
  const [column] = columns
  const cut = column!.replace(/_id$|Id$/, '')
  return cut === column || cut === '' ? target.name : cut
}
