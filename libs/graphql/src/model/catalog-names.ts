// What all roles share: the names of one catalog. Made once for each version of it.
import type { Catalog, DataType, Relation } from '#libs/catalog'
import { enumModels } from './enums.ts'
import { itemType, relationNames, scalarName } from './names.ts'
import { type NamedLink, relationshipNames } from './relationship-names.ts'
import type { EnumModel } from './role-model.ts'

/** Names that do not depend on the role. */
export interface CatalogNames {
  readonly byRelation: ReadonlyMap<Relation, string>
  readonly relations: ReadonlyMap<string, Relation>
  readonly enums: ReadonlyMap<Relation, EnumModel>
  /** Names of the scalars that columns have, as far as everybody may know them: Postgres' own types. */
  readonly scalars: ReadonlySet<string>
  /** Scalars whose values are objects. */
  readonly composites: ReadonlySet<string>
  /** The relationships of a relation. */
  linksOf(relation: Relation): readonly NamedLink[]
}

const known = new WeakMap<Catalog, CatalogNames>()

/** The names of a catalog. */
export function namesOf(catalog: Catalog): CatalogNames {
  let names = known.get(catalog)
  if (names === undefined) {
    names = readNames(catalog)
    known.set(catalog, names)
  }
  return names
}

function readNames(catalog: Catalog): CatalogNames {
  const byRelation = relationNames(catalog)
  const links = new Map<Relation, readonly NamedLink[]>()
  const scalars = new Set<string>()
  for (const relation of byRelation.keys())
    for (const { type } of relation.columns) if (type.schema === 'pg_catalog') scalars.add(scalarName(type))
  return {
    byRelation,
    relations: new Map([...byRelation].map(([relation, name]) => [name, relation])),
    enums: enumModels(catalog, byRelation),
    scalars,
    composites: compositeNames(catalog),
    linksOf(relation) {
      let found = links.get(relation)
      if (found === undefined) {
        found = relationshipNames(relation, byRelation)
        links.set(relation, found)
      }
      return found
    },
  }
}

function compositeNames(catalog: Catalog): Set<string> {
  const names = new Set<string>()
  const add = (type: DataType) => {
    if (itemType(type).attributes !== undefined) names.add(scalarName(type))
  }
  for (const relation of catalog.relations.values()) for (const { type } of relation.columns) add(type)
  for (const fn of [...catalog.functions.values()].flat()) for (const { type } of [...fn.arguments, { type: fn.returnType }]) add(type)
  return names
}
