// Which relationship an embedded resource means, by PostgREST's rules: by target, by foreign key or by one of its columns,
// narrowed by a hint; a function over the row by its name.
import type { Catalog, ForeignKey, Relation } from '#libs/catalog'
import { isUnique, linksOfRelation, type RelationshipLink } from '#libs/query'
import { restError } from '../rest.errors.ts'
import { nearestName, SchemaNames } from './nearest-name.ts'

type Cardinality = 'one-to-many' | 'many-to-one' | 'one-to-one' | 'many-to-many'

/** A relationship with what names it. */
interface NamedLink {
  readonly link: RelationshipLink
  /** Absent for a computed relationship. */
  readonly cardinality?: Cardinality
  /** Source and target are the same relation. */
  readonly isSelf: boolean
}

/** In this order an ambiguous request lists them. */
const cardinalities: readonly Cardinality[] = ['one-to-many', 'many-to-one', 'one-to-one', 'many-to-many']

/** By catalog too: a junction is among them only while its schema is exposed. */
const linksByCatalog = new WeakMap<Catalog, Map<Relation, readonly NamedLink[]>>()

/** All relationships of a relation inside its own schema; a junction lies in any exposed one. */
function linksOf(catalog: Catalog, relation: Relation): readonly NamedLink[] {
  let known = linksByCatalog.get(catalog)
  if (known === undefined) linksByCatalog.set(catalog, (known = new Map()))
  let links = known.get(relation)
  if (links === undefined) {
    links = linksOfRelation(relation)
      .filter((link) => link.target.schema === relation.schema)
      .filter((link) => link.through === undefined || catalog.schemas.includes(link.through.relation.schema))
      .map((link) => ({ link, cardinality: cardinalityOf(link), isSelf: link.source === link.target }))
      .toSorted(inOrder)
    known.set(relation, links)
  }
  return links
}

/** The one relationship from `parent` that `name` and `hint` stand for. */
export function findLink(catalog: Catalog, parent: Relation, name: string, hint: string | undefined): RelationshipLink {
  const link = searchLink(catalog, parent, name, hint)
  if (link === undefined) throw unknown(catalog, parent, name, hint, linksOf(catalog, parent))
  return link
}

/** The same, undefined when there is none; several are PGRST201. */
export function searchLink(catalog: Catalog, parent: Relation, name: string, hint: string | undefined): RelationshipLink | undefined {
  const found = linksOf(catalog, parent).filter((link) => isMeant(link, name, hint))
  if (found.length > 1) throw ambiguous(parent, name, found)
  return found[0]?.link
}

function isMeant(named: NamedLink, name: string, hint: string | undefined): boolean {
  const { link, cardinality, isSelf } = named
  if (link.function !== undefined) return link.function.name === name
  const { foreignKey, through, columns, targetColumns, target } = link
  if (isSelf) {
    // One key is two relationships: the many side goes by the table's name, the one side by the key's column.
    if (cardinality === 'many-to-one') return hint === undefined && isColumn(columns, name)
    return cardinality === 'one-to-many' && target.name === name && (hint === undefined || isColumn(targetColumns, hint))
  }
  const isNamedByKey = (word: string) => through === undefined && (foreignKey!.name === word || isColumn(columns, word))
  if (hint === undefined) return target.name === name || (!isView(target) && isNamedByKey(name))
  if (target.name !== name) return false
  return through === undefined ? isNamedByKey(hint) || isColumn(targetColumns, hint) : through.relation.name === hint
}

function isColumn(columns: readonly string[], name: string): boolean {
  return columns.length === 1 && columns[0] === name
}

function isView(relation: Relation): boolean {
  return relation.kind === 'view' || relation.kind === 'materialized_view'
}

function cardinalityOf({ foreignKey, through, columns, cardinality }: RelationshipLink): Cardinality | undefined {
  if (through !== undefined) return 'many-to-many'
  if (foreignKey === undefined) return undefined
  if (columns !== foreignKey.columns) return cardinality === 'to_many' ? 'one-to-many' : 'one-to-one'
  return isUnique(foreignKey.source, foreignKey.columns) ? 'one-to-one' : 'many-to-one'
}

function unknown(catalog: Catalog, parent: Relation, name: string, hint: string | undefined, links: readonly NamedLink[]) {
  const using = hint === undefined ? '' : ` using the hint '${hint}'`
  const details = `Searched for a foreign key relationship between '${parent.name}' and '${name}'${using} in the schema '${parent.schema}', but no matches were found.`
  const suggestion = links.length > 0 ? nearestTarget(name, links) : nearestParent(catalog, parent)
  return restError('PGRST200', { source: parent.name, target: name }, { details, hint: suggestion })
}

function nearestTarget(name: string, links: readonly NamedLink[]): string | undefined {
  const names = new Set(links.map(({ link }) => link.target.name))
  const nearest = nearestName(name, names, 0.33)
  // A target that is there needs no other name: then it is the hint that is wrong.
  return nearest === undefined || nearest.toLowerCase() === name.toLowerCase()
    ? undefined
    : `Perhaps you meant '${nearest}' instead of '${name}'.`
}

const parentNames = new SchemaNames(function* (catalog, schema) {
  for (const relation of catalog.relations.values())
    if (relation.schema === schema && linksOf(catalog, relation).length > 0) yield relation.name
})

/** A relation without relationships may have been taken for one that has some. */
function nearestParent(catalog: Catalog, parent: Relation): string | undefined {
  const nearest = parentNames.in(catalog, parent.schema).nearest(parent.name, 0.33)
  return nearest === undefined ? undefined : `Perhaps you meant '${nearest}' instead of '${parent.name}'.`
}

function ambiguous(parent: Relation, name: string, links: readonly NamedLink[]) {
  const details = links.map(({ link, cardinality }) => ({
    cardinality,
    embedding: `${parent.name} with ${link.target.name}`,
    relationship: describe(link),
  }))
  const choices = links.map(({ link }) => `'${link.target.name}!${hintFor(link)}'`).join(', ')
  const hint = `Try changing '${name}' to one of the following: ${choices}. Find the desired relationship in the 'details' key.`
  return restError('PGRST201', { source: parent.name, target: name }, { details, hint })
}

function hintFor({ through, foreignKey, function: fn }: RelationshipLink): string {
  return through?.relation.name ?? foreignKey?.name ?? fn!.name
}

function describe(link: RelationshipLink): string {
  const { foreignKey, through } = link
  if (foreignKey === undefined) return link.function!.name
  if (through === undefined) {
    return `${foreignKey.name} using ${link.source.name}(${link.columns.join(', ')}) and ${link.target.name}(${link.targetColumns.join(', ')})`
  }
  const { relation, nearColumns, farColumns } = through
  return `${relation.name} using ${foreignKey.name}(${nearColumns.join(', ')}) and ${farKeyOf(link)?.name ?? ''}(${farColumns.join(', ')})`
}

function farKeyOf({ through }: RelationshipLink): ForeignKey | undefined {
  if (through === undefined) return undefined
  return [...through.relation.foreignKeys, ...through.relation.viewForeignKeys].find((key) => key.columns === through.farColumns)
}

function inOrder(a: NamedLink, b: NamedLink): number {
  const rank = ({ cardinality }: NamedLink) => (cardinality === undefined ? cardinalities.length : cardinalities.indexOf(cardinality))
  const key = ({ link }: NamedLink) => [
    ...(link.through === undefined ? [] : [link.through.relation.schema, link.through.relation.name]),
    describe(link),
  ]
  return (
    byCodePoint(a.link.target.name, b.link.target.name) ||
    Number(a.isSelf) - Number(b.isSelf) ||
    rank(a) - rank(b) ||
    byCodePoint(key(a).join('\0'), key(b).join('\0'))
  )
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
