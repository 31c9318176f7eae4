// Names of relationships, by rule and by comment.
import { type ForeignKey, type NamedForeignKey, readDirective, type Relation } from '#libs/catalog'
import { isUnique } from '#libs/query'
import { fieldName, isGraphQLName } from './names.ts'
import { foreignKeysOf, type KeyOrigin, type KnownForeignKey, referencedByOf } from './view-keys.ts'

/** A way from a relation to another. */
export interface NamedLink {
  readonly name: string
  readonly foreignKey: ForeignKey
  /** `forward`: this table holds the foreign key. */
  readonly direction: 'forward' | 'reverse'
  /** A constraint holds it, so that where the columns have values there is a row. */
  readonly isEnforced: boolean
}

interface Wanted extends KnownForeignKey {
  readonly direction: NamedLink['direction']
  /** By comment. */
  readonly given: string | undefined
  /** By rule. */
  readonly short: string
}

/** Names are given in this order, so that a view never takes one from a table. */
const ranks: readonly KeyOrigin[] = ['constraint', 'comment', 'view']

/**
 * Names of a relation's relationships: those that comments give; else
 * - a foreign key of its own: the column without `_id` (or `Id`), else the name of the table it points to;
 * - a foreign key that points here: the name of the referencing table.
 * Where two would be called the same, or like a column, the second form `<that name>_by_<columns>` is used, for every
 * reverse one of them and for a forward one; what still clashes is left out.
 */
export function relationshipNames(relation: Relation, names: ReadonlyMap<Relation, string>): NamedLink[] {
  const columns = new Set(relation.columns.map(fieldName))
  const taken = new Set<string>()
  const wanted = wantedOf(relation, names)
  const isArray = ({ direction, foreignKey }: Wanted) => direction === 'reverse' && !isUnique(foreignKey.source, foreignKey.columns)
  const isFree = (each: Wanted) => (name: string) =>
    isGraphQLName(name) &&
    !columns.has(name) &&
    !taken.has(name) &&
    !(isArray(each) && (columns.has(`${name}_aggregate`) || taken.has(`${name}_aggregate`)))
  const found = new Map<Wanted, string>()
  const take = (each: Wanted, candidates: readonly string[]) => {
    const name = candidates.find(isFree(each))
    if (name === undefined) return
    found.set(each, name)
    taken.add(name)
    if (isArray(each)) taken.add(`${name}_aggregate`)
  }
  for (const each of wanted) if (each.given !== undefined) take(each, [each.given])
  for (const rank of ranks) {
    const unnamed = wanted.filter((each) => each.origin === rank && !found.has(each))
    const uses = new Map<string, number>()
    for (const { direction, short } of unnamed) uses.set(`${direction}:${short}`, (uses.get(`${direction}:${short}`) ?? 0) + 1)
    for (const each of unnamed) {
      const long = `${each.short}_by_${columnsOf(each.foreignKey).join('_')}`
      take(each, (uses.get(`${each.direction}:${each.short}`) ?? 0) > 1 ? [long] : [each.short, long])
    }
  }
  return wanted.flatMap((each): NamedLink[] => {
    const name = found.get(each)
    const { foreignKey, direction, origin } = each
    return name === undefined ? [] : [{ name, foreignKey, direction, isEnforced: origin === 'constraint' && foreignKey.enforced !== false }]
  })
}

function wantedOf(relation: Relation, names: ReadonlyMap<Relation, string>): Wanted[] {
  const forward = foreignKeysOf(relation).flatMap((key): Wanted[] => {
    const short = forwardName(key, names)
    return short === undefined ? [] : [{ ...key, direction: 'forward', given: givenName(key, 'forward'), short }]
  })
  const reverse = referencedByOf(relation).flatMap((key): Wanted[] => {
    const short = names.get(key.foreignKey.source)
    return short === undefined ? [] : [{ ...key, direction: 'reverse', given: givenName(key, 'reverse'), short }]
  })
  return [...forward, ...reverse]
}

/** A constraint's comment names its two tables; of views that show one of them only the way to the other. */
function givenName({ foreignKey, origin }: KnownForeignKey, direction: NamedLink['direction']): string | undefined {
  if (origin === 'comment') {
    const { foreignName, localName } = foreignKey as NamedForeignKey
    return direction === 'forward' ? foreignName : localName
  }
  const far = direction === 'forward' ? foreignKey.target : foreignKey.source
  if (origin === 'view' && !isTable(far)) return undefined
  const { options } = readDirective(foreignKey.comment, 'constraint')
  return direction === 'forward' ? options.foreign_name : options.local_name
}

/** The way to a view is called like the view: its table has the column's name. */
function forwardName({ foreignKey, origin }: KnownForeignKey, names: ReadonlyMap<Relation, string>): string | undefined {
  const target = names.get(foreignKey.target)
  if (target === undefined || foreignKey.columns.length !== 1) return target
  if (origin === 'view' && !isTable(foreignKey.target)) return target
  const [column] = columnsOf(foreignKey)
  const short = column!.replace(/(?<=.)_id$|(?<=[a-z0-9])Id$/, '')
  return short === column ? target : short
}

function columnsOf({ source, columns }: ForeignKey): string[] {
  return columns.map((name) => {
    const column = source.columnsByName.get(name)
    return column === undefined ? name : fieldName(column)
  })
}

function isTable({ kind }: Relation): boolean {
  return kind === 'table' || kind === 'partitioned_table'
}
