// Relationships of a relation, from its foreign keys. Dialects choose among them by their own naming rules.
import type { ForeignKey, Relation } from '#libs/catalog'
import type { RelationshipLink } from './tree.ts'

/** A foreign key seen from its own table: the one row that it points to. */
export function toOneLink(foreignKey: ForeignKey): RelationshipLink {
  return {
    source: foreignKey.source,
    target: foreignKey.target,
    cardinality: 'to_one',
    columns: foreignKey.columns,
    targetColumns: foreignKey.targetColumns,
    foreignKey,
  }
}

/** A foreign key seen from the table that it points to: many rows, or one when its columns are unique. */
export function reverseLink(foreignKey: ForeignKey): RelationshipLink {
  return {
    source: foreignKey.target,
    target: foreignKey.source,
    cardinality: isUnique(foreignKey.source, foreignKey.columns) ? 'to_one' : 'to_many',
    columns: foreignKey.targetColumns,
    targetColumns: foreignKey.columns,
    foreignKey,
  }
}

/** Many-to-many through tables whose primary key contains both foreign keys. `foreignKey` is the one that points here. */
export function manyToManyLinks(relation: Relation): RelationshipLink[] {
  const links: RelationshipLink[] = []
  for (const near of relation.referencedBy) {
    const junction = near.source
    const key = junction.primaryKey
    if (key === null || !near.columns.every((column) => key.columns.includes(column))) continue
    for (const far of junction.foreignKeys) {
      if (far === near || !far.columns.every((column) => key.columns.includes(column))) continue
      links.push({
        source: relation,
        target: far.target,
        cardinality: 'to_many',
        columns: near.targetColumns,
        targetColumns: far.targetColumns,
        foreignKey: near,
        through: { relation: junction, nearColumns: near.columns, farColumns: far.columns },
      })
    }
  }
  return links
}

/** Do these columns contain a whole primary key or unique constraint? */
export function isUnique(relation: Relation, columns: readonly string[]): boolean {
  return relation.uniqueKeys.some((key) => key.columns.every((column) => columns.includes(column)))
}
