// What one role sees of one catalog, under its GraphQL names: built from the privileges alone. The schema (for
// introspection and validation) and the planner both read it, so they cannot disagree.
import { baseType } from '#libs/query'
import type { Catalog, Column, DatabaseFunction, FunctionArgument, Key, Relation } from '#libs/catalog'
import type { RelationshipLink } from '#libs/query'

/** A relationship field of a table. */
export interface Relationship {
  readonly name: string
  readonly link: RelationshipLink
  readonly target: TableModel
  /** To-one that is always there: a forward foreign key whose columns are all NOT NULL, and (where an owner wants that told) no policies. */
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
  /** Returns rows of this, a table's or its own; null: a scalar. */
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

/** Things by GraphQL name, made when they are asked for. */
export interface Named<T> {
  get(name: string): T | undefined
  /** All of them: only for the whole schema. */
  values(): Iterable<T>
}

/** The fields of a root type. */
export interface RootFields extends Named<RootField> {
  /** The type does not exist for the role. */
  readonly isEmpty: boolean
}

/** Everything a role may name. */
export interface RoleModel {
  readonly catalog: Catalog
  readonly role: string
  readonly tables: Named<TableModel>
  readonly queries: RootFields
  readonly mutations: RootFields
  readonly subscriptions: RootFields
  /** The table of a relation, whatever it is called. */
  tableOf(relation: Relation): TableModel | undefined
  /** What a function's own rows look like, by their type's name. */
  resultRow(name: string): TableModel | undefined
  /** The role at the Relay endpoint: rows have global ids, and lists are connections. */
  readonly relay: boolean
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
  return numeric.has(baseType(column.type).name)
}

/** Has avg and the other aggregates that give a Float. */
export function isAveraged(column: Column): boolean {
  return isNumeric(column) && baseType(column.type).name !== 'money'
}

/** Has min and max: what Postgres really has them for, so that no field of the schema is bound to fail. */
export function isComparable(column: Column): boolean {
  const type = baseType(column.type)
  return type.kind === 'enum' || numeric.has(type.name) || ordered.has(type.name)
}

/** Is jsonb: has the append and delete operators. */
export function isJsonb(column: Column): boolean {
  return baseType(column.type).name === 'jsonb'
}

/** Is json or jsonb: its field takes a `path`. */
export function isJson(column: Column): boolean {
  return ['json', 'jsonb'].includes(baseType(column.type).name)
}
