// Which relationship an embedded resource means: by target table, by foreign key, or by one of its columns, narrowed by a hint.
import type { Catalog, Relation } from '#libs/catalog'
import { manyToManyLinks, reverseLink, toOneLink, type RelationshipLink } from '#libs/query'
import { restError } from '../rest.errors.ts'
import { nearestName } from './nearest-name.ts'

const linksOfRelation = new WeakMap<Relation, readonly RelationshipLink[]>()

/** All relationships of a relation inside its own schema. */
function linksOf(relation: Relation): readonly RelationshipLink[] {
  let links = linksOfRelation.get(relation)
  if (links === undefined) {
    const all = [...relation.foreignKeys.map(toOneLink), ...relation.referencedBy.map(reverseLink), ...manyToManyLinks(relation)]
    links = all.filter((link) => link.target.schema === relation.schema)
    linksOfRelation.set(relation, links)
  }
  return links
}

/** The one relationship from `parent` that `name` and `hint` stand for. */
export function findLink(catalog: Catalog, parent: Relation, name: string, hint: string | undefined): RelationshipLink {
  const links = linksOf(parent)
  const found = links.filter((link) =>
    link.target.name === name ? hint === undefined || isMeantBy(link, hint) : hint === undefined && isKeyMeantBy(link, name),
  )
  if (found.length === 1) return found[0]!
  // A table related to itself has both directions under one name; without a hint the many side is meant, as PostgREST does.
  if (found.length === 2 && parent.name === name && found[0]!.foreignKey === found[1]!.foreignKey)
    return found.find((link) => link.cardinality === 'to_many') ?? found[0]!
  if (found.length > 1) throw ambiguous(parent, name, found)
  throw unknown(catalog, parent, name, hint, links)
}

function isMeantBy(link: RelationshipLink, hint: string): boolean {
  if (link.through !== undefined) return link.through.relation.name === hint || link.foreignKey!.name === hint
  return link.foreignKey!.name === hint || isColumn(link.foreignKey!.columns, hint) || isColumn(link.foreignKey!.targetColumns, hint)
}

/** `billing_address_id(*)` and `orders_billing_fkey(*)` reach the referenced row. */
function isKeyMeantBy(link: RelationshipLink, name: string): boolean {
  const isForward = link.through === undefined && link.source === link.foreignKey?.source
  return isForward && (link.foreignKey!.name === name || isColumn(link.foreignKey!.columns, name))
}

function isColumn(columns: readonly string[], name: string): boolean {
  return columns.length === 1 && columns[0] === name
}

function unknown(catalog: Catalog, parent: Relation, name: string, hint: string | undefined, links: readonly RelationshipLink[]) {
  const using = hint === undefined ? '' : ` using the hint '${hint}'`
  const details = `Searched for a foreign key relationship between '${parent.name}' and '${name}'${using} in the schema '${parent.schema}', but no matches were found.`
  const related = nearestName(name, new Set(links.map((link) => link.target.name)), 0.33)
  const isTable = catalog.findRelation(parent.schema, name) !== undefined
  const suggestion =
    related !== undefined && related !== name && !isTable ? `Perhaps you meant '${related}' instead of '${name}'.` : undefined
  return restError('PGRST200', { source: parent.name, target: name }, { details, hint: suggestion })
}

function ambiguous(parent: Relation, name: string, links: readonly RelationshipLink[]) {
  const details = links.map((link) => ({
    cardinality: cardinalityOf(link),
    embedding: `${parent.name} with ${link.target.name}`,
    relationship: describe(link),
  }))
  const choices = links.map((link) => `'${name}!${link.through?.relation.name ?? link.foreignKey!.name}'`).join(', ')
  const hint = `Try changing '${name}' to one of the following: ${choices}. Find the desired relationship in the 'details' key.`
  return restError('PGRST201', { source: parent.name, target: name }, { details, hint })
}

function cardinalityOf(link: RelationshipLink): string {
  if (link.through !== undefined) return 'many-to-many'
  if (link.cardinality === 'to_many') return 'one-to-many'
  return link.source === link.foreignKey?.source && !isOneToOne(link) ? 'many-to-one' : 'one-to-one'
}

function isOneToOne(link: RelationshipLink): boolean {
  return link.source.uniqueKeys.some((key) => key.columns.every((column) => link.columns.includes(column)))
}

function describe(link: RelationshipLink): string {
  if (link.through === undefined) {
    return `${link.foreignKey!.name} using ${link.source.name}(${link.columns.join(', ')}) and ${link.target.name}(${link.targetColumns.join(', ')})`
  }
  const { relation, nearColumns, farColumns } = link.through
  const far = relation.foreignKeys.find((key) => key.columns === farColumns)
  return `${relation.name} using ${link.foreignKey!.name}(${nearColumns.join(', ')}) and ${far?.name ?? ''}(${farColumns.join(', ')})`
}
