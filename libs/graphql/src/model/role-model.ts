// What one role sees of one catalog, under its GraphQL names: built from the privileges alone. The schema (for
// introspection and validation) and the planner both read it, so they cannot disagree.
import type { Catalog, Column, DatabaseFunction, FunctionArgument, Key, Relation } from '#libs/catalog'
import { type RelationshipLink, reverseLink, toOneLink } from '#libs/query'
import { enumColumns, enumModels } from './enums.ts'
import { computedFields, rootFunctions } from './functions.ts'
import { isGraphQLName, namedColumns, plainType, relationNames, relationshipNames } from './names.ts'

/** A relationship field of a table. */
export interface Relationship {
  readonly name: string
  readonly link: RelationshipLink
  readonly target: TableModel
  /** To-one that is always there: a forward foreign key whose columns are all NOT NULL. */
  readonly required: boolean
}

/** The keys of an enum table. */
export interface EnumModel {
  /** `<T>_enum` */
  readonly name: string
  /** Comments by value. */
  readonly values: ReadonlyMap<string, string | null>
}

/** A function as a field. */
export interface FunctionModel {
  readonly name: string
  readonly function: DatabaseFunction
  /** By GraphQL name; `arg_1`, `arg_2` for those without one. */
  readonly arguments: ReadonlyMap<string, FunctionArgument>
  /** A json argument called `hasura_session` or `session`: hidden, filled with the claims. */
  readonly session: FunctionArgument | undefined
  /** Computed fields: the argument that takes the row. */
  readonly row: FunctionArgument | undefined
  /** Returns rows of this; null: a scalar. */
  readonly target: TableModel | null
  readonly isSet: boolean
}

/** One table or view as the role sees it. Maps are keyed by GraphQL name. */
export interface TableModel {
  readonly name: string
  /** The type of its groups: `<T>_group`, or `<T>_rows_group` beside a table of that name. */
  readonly groupName: string
  readonly relation: Relation
  /** May be selected. Empty: the type does not exist for the role. */
  readonly columns: ReadonlyMap<string, Column>
  readonly relationships: ReadonlyMap<string, Relationship>
  readonly insertable: ReadonlyMap<string, Column>
  readonly updatable: ReadonlyMap<string, Column>
  readonly deletable: boolean
  /** Null when there is none or the role may not select all of it. */
  readonly primaryKey: readonly Column[] | null
  /** Keys for on_conflict; empty for views. */
  readonly constraints: ReadonlyMap<string, Key>
  /** Functions over the row. */
  readonly computed: ReadonlyMap<string, FunctionModel>
  /** The GraphQL name of a column. */
  nameOf(column: Column): string
  /** The enum table that the column refers to. */
  enumOf(column: Column): EnumModel | undefined
  /** This table is an enum table. */
  readonly enum: EnumModel | undefined
}

/** A root field: what it does to which table, or which function it calls. */
export type RootField = TableRoot | FunctionRoot

/** A root field of a table. */
export interface TableRoot {
  readonly name: string
  readonly kind:
    | 'select'
    | 'select_by_pk'
    | 'select_aggregate'
    | 'select_group_by'
    | 'select_stream'
    | 'connection'
    | 'insert'
    | 'insert_one'
    | 'update'
    | 'update_by_pk'
    | 'update_many'
    | 'delete'
    | 'delete_by_pk'
  readonly table: TableModel
}

/** A root field of a function; `table` is what its rows are of. */
export interface FunctionRoot {
  readonly name: string
  readonly kind: 'function' | 'function_aggregate'
  readonly function: FunctionModel
  readonly table: TableModel | null
}

/** Everything a role may name. */
export interface RoleModel {
  readonly catalog: Catalog
  readonly role: string
  readonly tables: ReadonlyMap<string, TableModel>
  readonly queries: ReadonlyMap<string, RootField>
  readonly mutations: ReadonlyMap<string, RootField>
  /** The role at the Relay endpoint: rows have global ids, and lists are connections. */
  readonly relay?: true
}

/** Builds the model of a role. A role without any privilege gets an empty one. */
export function buildRoleModel(catalog: Catalog, role: string): RoleModel {
  const names = relationNames(catalog)
  const enums = enumModels(catalog, names)
  const taken = new Set(names.values())
  const tables = new Map<string, TableModel>()
  const byRelation = new Map<Relation, BuiltTable>()
  for (const [relation, name] of names) {
    const groupName = taken.has(`${name}_group`) ? `${name}_rows_group` : `${name}_group`
    const built = buildTable(relation, { name, groupName }, role, enums)
    if (built === undefined) continue
    tables.set(name, built.table)
    byRelation.set(relation, built)
  }
  for (const { table, relationships } of byRelation.values()) {
    for (const { name, foreignKey, direction } of relationshipNames(table.relation, names)) {
      const link = direction === 'forward' ? toOneLink(foreignKey) : reverseLink(foreignKey)
      const target = byRelation.get(link.target)?.table
      if (target === undefined || target.columns.size === 0) continue
      // The join runs with the role's own rights: both sides of it must be selectable.
      const selectable =
        link.columns.every((column) => table.columns.has(column)) && link.targetColumns.every((column) => target.columns.has(column))
      if (!selectable) continue
      const required = direction === 'forward' && foreignKey.columns.every((column) => table.columns.get(column)?.nullable === false)
      relationships.set(name, { name, link, target, required })
    }
  }
  const tableOf = (relation: Relation) => byRelation.get(relation)?.table
  for (const { table, relationships, computed } of byRelation.values()) {
    for (const [name, model] of computedFields(catalog, table.relation, role, tableOf))
      if (!table.columns.has(name) && !relationships.has(name)) computed.set(name, model)
  }
  const roots = rootFields(tables)
  for (const { model, isMutation } of rootFunctions(catalog, role, tableOf)) {
    const fields = isMutation ? roots.mutations : roots.queries
    const add = (name: string, kind: FunctionRoot['kind']) => {
      if (!fields.has(name)) fields.set(name, { name, kind, function: model, table: model.target })
    }
    add(model.name, 'function')
    if (model.target !== null && model.isSet) add(`${model.name}_aggregate`, 'function_aggregate')
  }
  return { catalog, role, tables, ...roots }
}

/** A table whose links to others are still to be made. */
interface BuiltTable {
  readonly table: TableModel
  readonly relationships: Map<string, Relationship>
  readonly computed: Map<string, FunctionModel>
}

function buildTable(
  relation: Relation,
  { name, groupName }: Pick<TableModel, 'name' | 'groupName'>,
  role: string,
  enums: ReadonlyMap<Relation, EnumModel>,
): BuiltTable | undefined {
  const privileges = relation.privilegesOf(role)
  const columns = namedColumns(relation, privileges.select)
  const isWritable = (column: Column) => column.generated === 'no' || column.generated === 'identity_by_default'
  const writable = (allowed: ReadonlySet<string>) =>
    new Map([...namedColumns(relation, allowed)].filter(([, column]) => isWritable(column)))
  const insertable = relation.insertable ? writable(privileges.insert) : new Map<string, Column>()
  const updatable = relation.updatable ? writable(privileges.update) : new Map<string, Column>()
  const deletable = relation.deletable && privileges.delete
  if (columns.size === 0 && insertable.size === 0 && updatable.size === 0 && !deletable) return undefined
  const key = relation.primaryKey?.columns.map((column) => columns.get(column))
  const isTable = relation.kind === 'table' || relation.kind === 'partitioned_table'
  const relationships = new Map<string, Relationship>()
  const computed = new Map<string, FunctionModel>()
  const references = enumColumns(relation, role, enums)
  const table: TableModel = {
    name,
    groupName,
    relation,
    columns,
    relationships,
    insertable,
    updatable,
    deletable,
    computed,
    nameOf: (column) => column.name,
    enumOf: (column) => references.get(column),
    enum: enums.get(relation),
    primaryKey: key !== undefined && key.every((column) => column !== undefined) ? key : null,
    constraints: new Map(
      isTable ? relation.uniqueKeys.filter((unique) => isGraphQLName(unique.name)).map((unique) => [unique.name, unique]) : [],
    ),
  }
  return { table, relationships, computed }
}

function rootFields(tables: ReadonlyMap<string, TableModel>): { queries: Map<string, RootField>; mutations: Map<string, RootField> } {
  const queries = new Map<string, RootField>()
  const mutations = new Map<string, RootField>()
  const all = [...tables.values()]
  // A table's own name always means that table: `a_aggregate` of table a gives way to a table of that name.
  const add = (fields: Map<string, RootField>, name: string, kind: TableRoot['kind'], table: TableModel) => {
    if (!fields.has(name)) fields.set(name, { name, kind, table })
  }
  for (const table of all) if (table.columns.size > 0) add(queries, table.name, 'select', table)
  for (const table of all) {
    if (table.columns.size > 0) add(queries, `${table.name}_aggregate`, 'select_aggregate', table)
    if (table.columns.size > 0) add(queries, `${table.name}_group_by`, 'select_group_by', table)
    if (table.primaryKey !== null) add(queries, `${table.name}_by_pk`, 'select_by_pk', table)
    const isReadable = table.columns.size > 0
    if (table.insertable.size > 0) {
      add(mutations, `insert_${table.name}`, 'insert', table)
      if (isReadable) add(mutations, `insert_${table.name}_one`, 'insert_one', table)
    }
    if (table.updatable.size > 0) {
      add(mutations, `update_${table.name}`, 'update', table)
      add(mutations, `update_${table.name}_many`, 'update_many', table)
      if (table.primaryKey !== null) add(mutations, `update_${table.name}_by_pk`, 'update_by_pk', table)
    }
    if (table.deletable) {
      add(mutations, `delete_${table.name}`, 'delete', table)
      if (table.primaryKey !== null) add(mutations, `delete_${table.name}_by_pk`, 'delete_by_pk', table)
    }
  }
  return { queries, mutations }
}

const numeric = new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'money'])
/** Types for which Postgres 15 has min and max; enums have them too. */
const ordered = new Set([
  'text',
  'varchar',
  'bpchar',
  'citext',
  'date',
  'time',
  'timetz',
  'timestamp',
  'timestamptz',
  'interval',
  'inet',
  'oid',
])

/** Has sum. */
export function isNumeric(column: Column): boolean {
  return numeric.has(plainType(column.type).name)
}

/** Has avg and the other aggregates that give a Float. */
export function isAveraged(column: Column): boolean {
  return isNumeric(column) && plainType(column.type).name !== 'money'
}

/** Has min and max: what Postgres really has them for, so that no field of the schema is bound to fail. */
export function isComparable(column: Column): boolean {
  const type = plainType(column.type)
  return type.kind === 'enum' || numeric.has(type.name) || ordered.has(type.name)
}

/** Is jsonb: has the append and delete operators. */
export function isJsonb(column: Column): boolean {
  return plainType(column.type).name === 'jsonb'
}

/** Is json or jsonb: its field takes a `path`. */
export function isJson(column: Column): boolean {
  return ['json', 'jsonb'].includes(plainType(column.type).name)
}
