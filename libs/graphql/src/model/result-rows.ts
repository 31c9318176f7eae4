// Rows that only functions give: of their OUT or TABLE columns, or of a composite type. They have types like those of tables,
// without relationships. Who may call the function may read all of the row.
import type { Catalog, Column, DatabaseFunction } from '#libs/catalog'
import { namesOf } from './catalog-names.ts'
import { functionNames, isRowType, rowRelation } from './function-names.ts'
import { isGenerated, isGraphQLName, namedColumns, nameSources, fieldName, scalarNames } from './names.ts'
import type { TableModel } from './role-model.ts'

const known = new WeakMap<Catalog, ReadonlyMap<DatabaseFunction, TableModel>>()

/** The row of each function that has one of its own; functions of one composite type share it. */
export function resultRows(catalog: Catalog): ReadonlyMap<DatabaseFunction, TableModel> {
  let rows = known.get(catalog)
  if (rows === undefined) {
    rows = readResultRows(catalog)
    known.set(catalog, rows)
  }
  return rows
}

/** Has it a row that is none of a table's? */
export function hasOwnRow({ resultRelation, returnRelation }: DatabaseFunction): boolean {
  return resultRelation !== null && returnRelation === null
}

/**
 * `<composite type>_row`, with its schema outside the default one; for a function's own columns `<function>_result`, or
 * `<T>_<function>_result` when it computes over rows of T.
 */
export function resultRowName(catalog: Catalog, fn: DatabaseFunction, functionName: string): string {
  const { kind, schema, name } = fn.returnType
  if (kind !== 'composite') {
    const relation = rowRelation(catalog, fn)
    const prefix = relation === undefined ? '' : `${namesOf(catalog).byRelation.get(relation) ?? relation.name}_`
    return `${prefix}${functionName}_result`
  }
  return schema === catalog.schemas[0] ? `${name}_row` : `${schema}_${name}_row`
}

function readResultRows(catalog: Catalog): ReadonlyMap<DatabaseFunction, TableModel> {
  const found = new Map<DatabaseFunction, TableModel>()
  const byName = new Map<string, TableModel>()
  for (const [fn, functionName] of functionNames(catalog)) {
    if (!hasOwnRow(fn)) continue
    const name = resultRowName(catalog, fn, functionName)
    const shared = byName.get(name)
    if (shared !== undefined && fn.returnType.kind !== 'composite') continue
    const row = shared ?? rowModel(catalog, fn, name)
    if (row.columns.size === 0) continue
    byName.set(name, row)
    found.set(fn, row)
  }
  if (found.size === 0) return found
  const taken = takenNames(catalog, new Set(byName.keys()))
  return new Map([...found].filter(([, { name }]) => isGraphQLName(name) && !taken.has(name)))
}

/** Names of rows that tables, or the types made of tables, have: tables keep theirs. */
function takenNames(catalog: Catalog, names: ReadonlySet<string>): Set<string> {
  const [sources, scalars] = [nameSources(catalog), scalarNames(catalog)]
  const { relations } = namesOf(catalog)
  const taken = [...names].filter((name) => relations.has(name) || scalars.has(name) || isGenerated(name, sources))
  const none = new Set<string>()
  for (const table of relations.keys()) {
    if (!isGenerated(table, { tables: names, enums: none, functions: none })) continue
    taken.push(...[...names].filter((name) => table.startsWith(name)))
  }
  return new Set(taken)
}

function rowModel(catalog: Catalog, fn: DatabaseFunction, name: string): TableModel {
  const relation = fn.resultRelation!
  // Columns that hold rows of tables have no type that the role's rights would reach.
  const shown = relation.columns.filter(({ type }) => type.kind !== 'pseudo' && !isRowType(catalog, type))
  const none = new Map<string, never>()
  return {
    name,
    groupName: `${name}_group`,
    relation,
    columns: namedColumns(relation, new Set(shown.map((column: Column) => column.name))),
    relationships: none,
    insertable: none,
    updatable: none,
    deletable: false,
    primaryKey: null,
    constraints: none,
    computed: none,
    nameOf: fieldName,
    enumOf: () => undefined,
    enum: undefined,
  }
}
