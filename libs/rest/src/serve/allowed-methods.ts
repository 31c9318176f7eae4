// OPTIONS: which methods a table or a function has.
import type { Catalog, Relation } from '#libs/catalog'
import { chooseFunction } from '../resolve/functions.ts'
import { findRelation } from '../resolve/names.ts'

/** The Allow header of `/`. */
export const ROOT_METHODS = 'OPTIONS,GET,HEAD'

/** The Allow header of a table or view. Unknown is PGRST205. */
export function methodsOfRelation(catalog: Catalog, schema: string, name: string): string {
  const relation: Relation = findRelation(catalog, schema, name)
  const keys = relation.primaryKey ?? relation.inheritedKeys.find(({ primary }) => primary)
  const methods = [ROOT_METHODS]
  if (relation.insertable) methods.push('POST')
  if (relation.insertable && relation.updatable && keys != null) methods.push('PUT')
  if (relation.updatable) methods.push('PATCH')
  if (relation.deletable) methods.push('DELETE')
  return methods.join(',')
}

/** The Allow header of a function: one overload that changes nothing is enough for GET. Unknown is PGRST202. */
export function methodsOfFunction(catalog: Catalog, schema: string, name: string): string {
  const overloads = catalog.functions.get(`${schema}.${name}`) ?? [chooseFunction(catalog, schema, name, [])]
  return overloads.some(({ volatility }) => volatility !== 'volatile') ? `${ROOT_METHODS},POST` : 'OPTIONS,POST'
}
