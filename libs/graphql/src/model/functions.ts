// Functions that a role may call, as fields: at the root, or computed over a row (contract graphql.md section 7).
import type { Catalog, DatabaseFunction, Relation } from '#libs/catalog'
import { argumentsOf, sessionArgument } from './function-arguments.ts'
import { functionNames, rowRelation } from './function-names.ts'
import { hasOwnRow, resultRows } from './result-rows.ts'
import type { FunctionModel, TableModel } from './role-model.ts'

type TableOf = (relation: Relation) => TableModel | undefined

/** A function at the root. */
export interface RootFunction {
  readonly model: FunctionModel
  /** Volatile functions are mutations. */
  readonly isMutation: boolean
}

/** All root functions of a role; of two that have one name neither is offered. */
export function rootFunctions(catalog: Catalog, role: string, tableOf: TableOf): RootFunction[] {
  const found = new Map<string, DatabaseFunction | null>()
  for (const [fn, name] of functionNames(catalog)) if (rowRelation(catalog, fn) === undefined) found.set(name, found.has(name) ? null : fn)
  return [...found].flatMap(([name, fn]): RootFunction[] => {
    const model = fn?.isExecutableBy(role) === true ? modelOf(catalog, name, fn, false, tableOf) : undefined
    return model === undefined ? [] : [{ model, isMutation: model.function.volatility === 'volatile' }]
  })
}

/** Functions over the rows of a relation, by name. They take the whole row, so they need the right to select all of it. */
export function computedFields(catalog: Catalog, relation: Relation, role: string, tableOf: TableOf): Map<string, FunctionModel> {
  const { select } = relation.privilegesOf(role)
  if (!relation.columns.every(({ name }) => select.has(name))) return new Map()
  const fields = new Map<string, FunctionModel | undefined>()
  for (const [fn, name] of functionNames(catalog)) {
    if (rowRelation(catalog, fn) !== relation) continue
    fields.set(name, fields.has(name) || !fn.isExecutableBy(role) ? undefined : modelOf(catalog, name, fn, true, tableOf))
  }
  return new Map([...fields].filter((entry): entry is [string, FunctionModel] => entry[1] !== undefined))
}

/** The row that a function of the role gives, by its type's name, where that is no table's. */
export function resultRowNamed(catalog: Catalog, role: string, name: string): TableModel | undefined {
  for (const [fn, row] of resultRows(catalog)) if (row.name === name && fn.isExecutableBy(role)) return row
  return undefined
}

function modelOf(catalog: Catalog, name: string, fn: DatabaseFunction, hasRow: boolean, tableOf: TableOf): FunctionModel | undefined {
  const target = hasOwnRow(fn) ? resultRows(catalog).get(fn) : fn.returnRelation === null ? null : tableOf(fn.returnRelation)
  // Rows that the role may not select, or that have no type.
  if (target === undefined || target?.columns.size === 0) return undefined
  const given = argumentsOf(fn, hasRow)
  if (given === undefined) return undefined
  const row = hasRow ? fn.arguments[0] : undefined
  return { name, function: fn, arguments: given, session: sessionArgument(fn), row, target, isSet: fn.returnsSet }
}
