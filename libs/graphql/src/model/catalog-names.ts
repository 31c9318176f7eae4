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
  /** Names of the others, which only those may know who see a column of them: the relations that have one. */
  readonly ownScalars: ReadonlyMap<string, readonly Relation[]>
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
  const ownScalars = new Map<string, Relation[]>()
  const composites = new Set<string>()
  const addComposite = (type: DataType) => {
    if (itemType(type).attributes !== undefined) composites.add(scalarName(type))
  }
  for (const fn of [...catalog.functions.values()].flat()) {
    addComposite(fn.returnType)
    for (const { type } of fn.arguments) addComposite(type)
  }
  for (const relation of byRelation.keys()) {
    for (const { type } of relation.columns) {
      const name = scalarName(type)
      if (type.schema === 'pg_catalog') {
        scalars.add(name)
        continue
      }
      addComposite(type)
      const known = ownScalars.get(name)
      if (known === undefined) ownScalars.set(name, [relation])
      else if (known.at(-1) !== relation) known.push(relation)
    }
  }
  return {
    byRelation,
    relations: new Map([...byRelation].map(([relation, name]) => [name, relation])),
    enums: enumModels(catalog, byRelation),
    scalars,
    ownScalars,
    composites,
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
