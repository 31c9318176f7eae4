import type { Catalog, Relation } from '#libs/catalog'
import { type RootFunction, rootFunctions } from './functions.ts'
import type { TableModel } from './role-model.ts'

/** The functions of a role by name, read when first asked for. */
export type RootFunctions = () => ReadonlyMap<string, RootFunction>

/** Those of a role. */
export function rootFunctionsOf(catalog: Catalog, role: string, tableOf: (relation: Relation) => TableModel | undefined): RootFunctions {
  let known: ReadonlyMap<string, RootFunction> | undefined
  return () => (known ??= new Map(rootFunctions(catalog, role, tableOf).map((each) => [each.model.name, each])))
}
