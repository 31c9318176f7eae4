// Enum tables (contract graphql.md section 7): their keys are the values of an enum, and columns that refer to them have
// its type.
import type { Catalog, Column, Relation } from '#libs/catalog'
import { isEnumValueName } from './names.ts'
import type { EnumModel } from './role-model.ts'

/** The enum of each enum table; one with a key that cannot stand in a schema is a table like others. */
export function enumModels(catalog: Catalog, names: ReadonlyMap<Relation, string>): ReadonlyMap<Relation, EnumModel> {
  const enums = new Map<Relation, EnumModel>()
  for (const [relation, values] of catalog.enumValues) {
    const name = names.get(relation)
    if (name === undefined || [...values.keys()].some((value) => !isEnumValueName(value))) continue
    enums.set(relation, { name: `${name}_enum`, values })
  }
  return enums
}

/** The columns of a relation that refer to an enum table whose key the role may select. */
export function enumColumns(relation: Relation, role: string, enums: ReadonlyMap<Relation, EnumModel>): ReadonlyMap<Column, EnumModel> {
  const found = new Map<Column, EnumModel>()
  if (enums.size === 0) return found
  for (const { columns, target, targetColumns } of relation.foreignKeys) {
    const model = enums.get(target)
    const column = relation.columnsByName.get(columns[0] ?? '')
    const [key = ''] = targetColumns
    if (model === undefined || column === undefined || columns.length > 1 || target.primaryKey?.columns[0] !== key) continue
    if (target.privilegesOf(role).select.has(key)) found.set(column, model)
  }
  return found
}
