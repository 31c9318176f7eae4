// Functions that a role may call, as fields: at the root, or computed over a row (contract graphql.md section 7).
import {
  type Catalog,
  type DatabaseFunction,
  type DataType,
  type FunctionArgument,
  heldRenames,
  readDirective,
  type Relation,
  type Renamable,
} from '#libs/catalog'
import { fieldName, isGraphQLName } from './names.ts'
import type { FunctionModel, TableModel } from './role-model.ts'

type TableOf = (relation: Relation) => TableModel | undefined

/** A function at the root. */
export interface RootFunction {
  readonly model: FunctionModel
  /** Volatile functions are mutations. */
  readonly isMutation: boolean
}

/** All root functions of a role: overloads of one name are left out, because nothing tells them apart. */
export function rootFunctions(catalog: Catalog, role: string, tableOf: TableOf): RootFunction[] {
  const names = functionNames(catalog)
  const found = new Map<string, DatabaseFunction | null>()
  for (const fn of callable(catalog, role)) {
    if (rowRelation(catalog, fn) !== undefined) continue
    const name = names.get(fn)!
    if (isGraphQLName(name)) found.set(name, found.has(name) ? null : fn)
  }
  return [...found].flatMap(([name, fn]): RootFunction[] => {
    const model = fn === null ? undefined : modelOf(name, fn, undefined, tableOf)
    return model === undefined ? [] : [{ model, isMutation: model.function.volatility === 'volatile' }]
  })
}

/** Functions over the rows of a relation, by name. They take the whole row, so they need the right to select all of it. */
export function computedFields(catalog: Catalog, relation: Relation, role: string, tableOf: TableOf): Map<string, FunctionModel> {
  const { select } = relation.privilegesOf(role)
  if (!relation.columns.every(({ name }) => select.has(name))) return new Map()
  const names = functionNames(catalog)
  const fields = new Map<string, FunctionModel | undefined>()
  for (const fn of callable(catalog, role)) {
    const name = names.get(fn)!
    if (fn.volatility === 'volatile' || rowRelation(catalog, fn) !== relation || !isGraphQLName(name)) continue
    if (fn.returnsSet && fn.returnRelation === null) continue
    fields.set(name, fields.has(name) ? undefined : modelOf(name, fn, fn.arguments[0], tableOf))
  }
  return new Map([...fields].filter((entry): entry is [string, FunctionModel] => entry[1] !== undefined))
}

const known = new WeakMap<Catalog, ReadonlyMap<DatabaseFunction, string>>()

/**
 * The names of all functions, whoever may call them: what their comments say where no other function of that place has the name,
 * else their own, `<schema>_<function>` for a root field outside the default schema.
 */
export function functionNames(catalog: Catalog): ReadonlyMap<DatabaseFunction, string> {
  let names = known.get(catalog)
  if (names === undefined) {
    names = readFunctionNames(catalog)
    known.set(catalog, names)
  }
  return names
}

function readFunctionNames(catalog: Catalog): ReadonlyMap<DatabaseFunction, string> {
  const [defaultSchema] = catalog.schemas
  const names = new Map<DatabaseFunction, string>()
  const places = new Map<Relation | undefined, Renamable<DatabaseFunction>[]>()
  for (const fn of [...catalog.functions.values()].flat()) {
    const relation = rowRelation(catalog, fn)
    const own = relation === undefined && fn.schema !== defaultSchema ? `${fn.schema}_${fn.name}` : fn.name
    names.set(fn, own)
    const items = places.get(relation) ?? []
    places.set(relation, items)
    items.push({ item: fn, own, wanted: readDirective(fn.comment, 'function').options.name })
  }
  for (const [relation, items] of places) {
    if (!items.some(({ wanted }) => wanted !== undefined)) continue
    const columns = new Set(relation?.columns.map(fieldName))
    for (const [fn, name] of heldRenames(items, (each) => !columns.has(each))) names.set(fn, name)
  }
  return names
}

function* callable(catalog: Catalog, role: string): Iterable<DatabaseFunction> {
  for (const overloads of catalog.functions.values()) {
    for (const fn of overloads) {
      // Extensions have hundreds of functions, none of them meant as a field.
      if (fn.ofExtension === true || !catalog.schemas.includes(fn.schema) || !fn.isExecutableBy(role)) continue
      if (fn.arguments.some(({ type }) => type.kind === 'pseudo') || (fn.returnType.kind === 'pseudo' && fn.returnType.name !== 'void'))
        continue
      // A row can only be that of the field's own table: there is no input for others.
      if (fn.arguments.slice(1).some(({ type }) => isRow(catalog, type))) continue
      yield fn
    }
  }
}

function isRow(catalog: Catalog, { kind, schema, name }: DataType): boolean {
  return kind === 'composite' && catalog.findRelation(schema, name) !== undefined
}

/** The relation whose row is the function's first argument. */
function rowRelation(catalog: Catalog, fn: DatabaseFunction): Relation | undefined {
  const type: DataType | undefined = fn.arguments[0]?.type
  return type?.kind === 'composite' ? catalog.findRelation(type.schema, type.name) : undefined
}

function modelOf(name: string, fn: DatabaseFunction, row: FunctionArgument | undefined, tableOf: TableOf): FunctionModel | undefined {
  const target = fn.returnRelation === null ? null : tableOf(fn.returnRelation)
  // Rows that the role may not select, or of a shape that no table has.
  if (target === undefined || target?.columns.size === 0 || (target === null && fn.resultRelation !== null)) return undefined
  const session = fn.arguments.find(isSession)
  const names = new Map<string, FunctionArgument>()
  let unnamed = 0
  for (const argument of fn.arguments) {
    if (argument === row || argument === session) continue
    const argumentName = argument.name === '' ? `arg_${(unnamed += 1)}` : argument.name
    if (!isGraphQLName(argumentName)) {
      if (argument.hasDefault) continue
      return undefined
    }
    names.set(argumentName, argument)
  }
  return { name, function: fn, arguments: names, session, row, target, isSet: fn.returnsSet }
}

function isSession({ name, type }: FunctionArgument): boolean {
  return (name === 'hasura_session' || name === 'session') && (type.name === 'json' || type.name === 'jsonb')
}
