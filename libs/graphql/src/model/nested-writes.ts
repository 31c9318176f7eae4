// Over which relationships a write may reach further rows: between tables, along foreign keys, with the role's own grants.
import type { Relationship, TableModel } from './role-model.ts'

/** What an update may do over a relationship. */
export type RelatedChange = 'delete' | 'update' | 'insert'

/** May rows of the other table be given inside the rows of this one? */
export function mayNestInserts(table: TableModel, { link, target }: Relationship): boolean {
  if (!isBetweenTables(table, target) || link.foreignKey === undefined || link.function !== undefined || link.through !== undefined)
    return false
  // The statement itself writes the columns of the foreign key, on whichever side they are.
  if (target.insertable.size === 0) return false
  return pointsAway(link) ? hasColumns(table.insertable, link.columns) : hasColumns(target.insertable, link.targetColumns)
}

/** Is the foreign key one of the table that the relationship belongs to? */
export function pointsAway({ source, columns, foreignKey }: Relationship['link']): boolean {
  if (foreignKey === undefined || foreignKey.source !== source) return false
  // Of a table that points to itself only the columns tell the direction.
  return columns.length === foreignKey.columns.length && columns.every((name, i) => name === foreignKey.columns[i])
}

/** Has the table a relationship over which an update may change rows? */
export function mayChangeRelated(table: TableModel): boolean {
  for (const relationship of table.relationships.values()) if (relatedChanges(table, relationship).length > 0) return true
  return false
}

/** What an update of the table may do over the relationship. Rows that change are found again by their primary key. */
export function relatedChanges(table: TableModel, relationship: Relationship): RelatedChange[] {
  const { link, target } = relationship
  if (table.primaryKey === null || !isBetweenTables(table, target) || link.foreignKey === undefined || link.through !== undefined) return []
  const changes: RelatedChange[] = []
  // What a row points to is not its own: others may point there too.
  if (target.primaryKey !== null && target.deletable && !pointsAway(link)) changes.push('delete')
  if (target.primaryKey !== null && target.updatable.size > 0) changes.push('update')
  const mayPoint = !pointsAway(link) || hasColumns(table.updatable, link.columns)
  if (mayPoint && mayInsertRelated(relationship)) changes.push('insert')
  return changes
}

/** Like {@link mayNestInserts}, but the outer row is there already. */
function mayInsertRelated({ link, target }: Relationship): boolean {
  if (link.function !== undefined || target.insertable.size === 0) return false
  return pointsAway(link) || hasColumns(target.insertable, link.targetColumns)
}

function isBetweenTables(...tables: readonly TableModel[]): boolean {
  return tables.every(({ relation: { kind } }) => kind === 'table' || kind === 'partitioned_table')
}

function hasColumns(columns: TableModel['insertable'], names: readonly string[]): boolean {
  const known = new Set([...columns.values()].map(({ name }) => name))
  return names.every((name) => known.has(name))
}
