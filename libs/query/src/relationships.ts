// Relationships of a relation, from foreign keys (its own, and those that views inherit) and from functions over its
// rows. Dialects choose among them by their own naming rules.
import type { ComputedRelationship, ForeignKey, Relation } from '#libs/catalog'
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

/** A function over one row of `source` that gives rows of another relation: no columns are compared. */
export function computedLink(source: Relation, relationship: ComputedRelationship): RelationshipLink {
  return {
    source,
    target: relationship.target,
    cardinality: relationship.cardinality,
    columns: [],
    targetColumns: [],
    function: relationship.function,
  }
}

/**
 * Many-to-many through tables whose primary key contains both foreign keys. `foreignKey` is the one that points here.
 * Between tables only; {@link linksOfRelation} knows those of views too.
 */
export function manyToManyLinks(relation: Relation): RelationshipLink[] {
  return throughJunctions(relation, relation.referencedBy, (junction) => junction.foreignKeys)
}

/**
 * Every relationship of a relation, in this order: foreign keys (those of views after the real ones), the same seen from
 * the other side, many-to-many, computed ones. A view takes part by the columns that it shows unchanged: it may stand for
 * either end and for the junction. A computed relationship hides those whose target has its function's schema and name,
 * as in PostgREST. Relations of schemas that are not exposed are among the targets.
 */
export function linksOfRelation(relation: Relation): RelationshipLink[] {
  const referencedBy = [...relation.referencedBy, ...relation.viewReferencedBy]
  const computed = relation.computedRelationships.map((relationship) => computedLink(relation, relationship))
  const detected = [
    ...relation.foreignKeys.map(toOneLink),
    ...relation.viewForeignKeys.map(toOneLink),
    ...referencedBy.map(reverseLink),
    ...throughJunctions(relation, referencedBy, (junction) => [...junction.foreignKeys, ...junction.viewForeignKeys]),
  ]
  const hidden = new Set(computed.map((link) => `${link.function!.schema}.${link.function!.name}`))
  return [...detected.filter((link) => !hidden.has(`${link.target.schema}.${link.target.name}`)), ...computed]
}

function throughJunctions(
  relation: Relation,
  referencedBy: readonly ForeignKey[],
  keysOf: (junction: Relation) => readonly ForeignKey[],
): RelationshipLink[] {
  const links: RelationshipLink[] = []
  for (const near of referencedBy) {
    const junction = near.source
    const primary = primaryKeyColumns(junction)
    // A foreign key that is unique by itself reaches one row at most: nothing lies between.
    const joins = (key: ForeignKey) => key.columns.every((column) => primary.includes(column)) && !isUnique(junction, key.columns)
    if (!joins(near)) continue
    for (const far of keysOf(junction)) {
      // By name: the keys of a view and of its table are the same constraint.
      if (far.name === near.name || !joins(far)) continue
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

/**
 * Columns that name one row: those of the primary key; of a view those of all primary keys that it shows whole (a view
 * over a join shows several). Empty when there is none.
 */
export function primaryKeyColumns(relation: Relation): readonly string[] {
  if (relation.primaryKey !== null) return relation.primaryKey.columns
  return [...new Set(relation.inheritedKeys.filter((key) => key.primary).flatMap((key) => key.columns))]
}

/** Do these columns contain a whole primary key or unique constraint (for a view: of a table that it shows)? */
export function isUnique(relation: Relation, columns: readonly string[]): boolean {
  const contained = (key: { readonly columns: readonly string[] }) => key.columns.every((column) => columns.includes(column))
  return relation.uniqueKeys.some(contained) || relation.inheritedKeys.some(contained)
}
