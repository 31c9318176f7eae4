// Keys as the API shows them: real ones, those that comments declare, and those that views show of the tables below them.
import type { ForeignKey, Key, Relation } from '#libs/catalog'
import { isUnique } from '#libs/query'

/** Where a foreign key is from: a constraint, a comment, or the columns that a view shows of a table. */
export type KeyOrigin = 'constraint' | 'comment' | 'view'

/** A foreign key and what it can be called. */
export interface KnownForeignKey {
  readonly foreignKey: ForeignKey
  readonly origin: KeyOrigin
}

const isView = ({ kind }: Relation) => kind === 'view' || kind === 'materialized_view'

/**
 * The columns that name one row: the primary key; of a view those that its comment says, else the key of the one table that it
 * shows, when rows can be changed through it: such a view shows a row of its table once.
 */
export function primaryKeyOf(relation: Relation): Key | null {
  if (relation.primaryKey !== null) return relation.primaryKey
  const declared = relation.declared?.primaryKey
  if (declared != null) return declared
  if (!showsRowsOnce(relation)) return null
  const [key, ...others] = relation.inheritedKeys.filter(({ primary }) => primary)
  return key === undefined || others.length > 0 ? null : key
}

/** The foreign keys that a relation has, the surest first. */
export function foreignKeysOf(relation: Relation): readonly KnownForeignKey[] {
  return known(relation.foreignKeys, relation.declared?.foreignKeys, relation.viewForeignKeys)
}

/** The foreign keys that point to a relation, the surest first. */
export function referencedByOf(relation: Relation): readonly KnownForeignKey[] {
  return known(relation.referencedBy, relation.declared?.referencedBy, relation.viewReferencedBy)
}

function known(real: readonly ForeignKey[], declared: readonly ForeignKey[] = [], views: readonly ForeignKey[]): KnownForeignKey[] {
  const said = new Set(declared.map(idOf))
  return [
    ...real.map((foreignKey) => ({ foreignKey, origin: 'constraint' as const })),
    ...declared.map((foreignKey) => ({ foreignKey, origin: 'comment' as const })),
    ...views.filter((key) => holds(key) && !said.has(idOf(key))).map((foreignKey) => ({ foreignKey, origin: 'view' as const })),
  ]
}

function idOf({ source, columns, target, targetColumns }: ForeignKey): string {
  return [source.oid, target.oid, ...columns, '', ...targetColumns].join('\0')
}

/** A view over a join may show a row of its table many times: then a key of the table is none of the view. */
function holds({ source, columns, target, targetColumns }: ForeignKey): boolean {
  if (isView(target) && !isKey(target, targetColumns)) return false
  return !isView(source) || !isUnique(source, columns) || isKey(source, columns)
}

function isKey(view: Relation, columns: readonly string[]): boolean {
  if (showsRowsOnce(view) && isUnique(view, columns)) return true
  return view.declared?.primaryKey?.columns.every((name) => columns.includes(name)) === true
}

/** Postgres changes rows only through views over one table, without grouping; triggers do what their owner says. */
function showsRowsOnce({ insertable, updatable, deletable }: Relation): boolean {
  return insertable || updatable || deletable
}
