// Names in the schema, by rule: no metadata. docs/reference and the README of this lib state the same rules.
import type { Catalog, Column, DataType, ForeignKey, Relation } from '#libs/catalog'
import { isUnique } from '#libs/query'

const validName = /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/

/** May a name of the database stand in a GraphQL schema? Others are not exposed. */
export function isGraphQLName(name: string): boolean {
  return validName.test(name)
}

/** Type names that a table cannot take; it is then called `<schema>_<table>`. */
const reserved = new Set(['Int', 'Float', 'String', 'Boolean', 'ID', 'order_by', 'query_root', 'mutation_root', 'subscription_root'])

/** Endings that the schema itself puts behind a table's name. */
const generated =
  /^(.+?)_(aggregate|aggregate_fields|aggregate_order_by|bool_exp|order_by|select_column|update_column|constraint|on_conflict|insert_input|set_input|inc_input|append_input|prepend_input|delete_key_input|delete_elem_input|delete_at_path_input|pk_columns_input|updates|mutation_response|by_pk|stream|comparison_exp|aggregate_bool_exp|stream_cursor_input|stream_cursor_value_input|having_exp|count_having|group_by|obj_rel_insert_input|arr_rel_insert_input|related_input|related_updates)$/

function isGenerated(name: string, tables: ReadonlySet<string>): boolean {
  const base = generated.exec(name)?.[1]
  return base !== undefined && (tables.has(base) || name.endsWith('_comparison_exp'))
}

/**
 * Names of the exposed relations: the table's own in the default schema, `<schema>_<table>` elsewhere and for a clash
 * with a scalar or with a type generated for another table.
 */
export function relationNames(catalog: Catalog): ReadonlyMap<Relation, string> {
  const scalars = new Set<string>(reserved)
  const names = new Map<Relation, string>()
  const taken = new Set<string>()
  const [defaultSchema] = catalog.schemas
  const exposed = [...catalog.relations.values()].filter((relation) => catalog.schemas.includes(relation.schema))
  for (const { columns } of exposed) for (const { type } of columns) scalars.add(scalarName(type))
  const tables = new Set(exposed.map((relation) => relation.name))
  // The default schema's tables come first, so that no table of another schema can take a name from one of them.
  const ordered = exposed.sort(
    (a, b) =>
      Number(b.schema === defaultSchema) - Number(a.schema === defaultSchema) || compare(a.schema, b.schema) || compare(a.name, b.name),
  )
  for (const relation of ordered) {
    const long = `${relation.schema}_${relation.name}`
    const isShort = relation.schema === defaultSchema && !scalars.has(relation.name) && !isGenerated(relation.name, tables)
    const name = isShort ? relation.name : long
    if (!isGraphQLName(name) || taken.has(name) || scalars.has(name)) continue
    taken.add(name)
    names.set(relation, name)
  }
  return names
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const builtIn: Readonly<Record<string, string>> = {
  int4: 'Int',
  bool: 'Boolean',
  float4: 'Float',
  text: 'String',
  varchar: 'String',
  int2: 'smallint',
  int8: 'bigint',
}

/** The scalar of a type: Hasura's table; a domain is its base type, an array its element. */
export function scalarName(type: DataType): string {
  if ((type.kind === 'domain' || type.kind === 'array') && type.base !== undefined) return scalarName(type.base)
  return builtIn[type.name] ?? type.name
}

/** A domain's base type, through any number of domains. */
export function plainType(type: DataType): DataType {
  return type.kind === 'domain' && type.base !== undefined ? plainType(type.base) : type
}

/** Is the column's type an array (or a domain over one)? */
export function isArrayType(type: DataType): boolean {
  return plainType(type).kind === 'array'
}

/** A way from a relation to another, before it has a name. */
export interface NamedLink {
  readonly name: string
  readonly foreignKey: ForeignKey
  /** `forward`: this table holds the foreign key. */
  readonly direction: 'forward' | 'reverse'
}

/**
 * Names of a relation's relationships:
 * - a foreign key of its own: the column without `_id` (or `Id`), else the name of the table it points to;
 * - a foreign key that points here: the name of the referencing table.
 * Where two would be called the same, or like a column, the second form `<that name>_by_<columns>` is used, for every
 * reverse one of them and for a forward one; what still clashes is left out.
 */
export function relationshipNames(relation: Relation, names: ReadonlyMap<Relation, string>): NamedLink[] {
  const columns = new Set(relation.columns.map((column) => column.name))
  const wanted = [
    ...relation.foreignKeys.map((foreignKey) => ({ foreignKey, direction: 'forward' as const, short: forwardName(foreignKey, names) })),
    ...relation.referencedBy.map((foreignKey) => ({ foreignKey, direction: 'reverse' as const, short: names.get(foreignKey.source) })),
  ]
  const uses = new Map<string, number>()
  for (const { short, direction } of wanted)
    if (short !== undefined) uses.set(`${direction}:${short}`, (uses.get(`${direction}:${short}`) ?? 0) + 1)
  const taken = new Set<string>()
  const links: NamedLink[] = []
  for (const { foreignKey, direction, short } of wanted) {
    if (short === undefined) continue
    const isArray = direction === 'reverse' && !isUnique(foreignKey.source, foreignKey.columns)
    const isFree = (name: string) =>
      isGraphQLName(name) &&
      !columns.has(name) &&
      !taken.has(name) &&
      !(isArray && (columns.has(`${name}_aggregate`) || taken.has(`${name}_aggregate`)))
    const long = `${short}_by_${foreignKey.columns.join('_')}`
    const isShared = (uses.get(`${direction}:${short}`) ?? 0) > 1
    const name = (isShared ? [long] : [short, long]).find(isFree)
    if (name === undefined) continue
    taken.add(name)
    if (isArray) taken.add(`${name}_aggregate`)
    links.push({ name, foreignKey, direction })
  }
  return links
}

function forwardName(foreignKey: ForeignKey, names: ReadonlyMap<Relation, string>): string | undefined {
  const target = names.get(foreignKey.target)
  if (target === undefined) return undefined
  if (foreignKey.columns.length !== 1) return target
  const column = foreignKey.columns[0]!
  const short = column.replace(/(?<=.)_id$|(?<=[a-z0-9])Id$/, '')
  return short === column ? target : short
}

/** Columns in the table's order whose names can stand in a schema. */
export function namedColumns(relation: Relation, allowed: ReadonlySet<string>): ReadonlyMap<string, Column> {
  return new Map(
    relation.columns.filter((column) => allowed.has(column.name) && isGraphQLName(column.name)).map((column) => [column.name, column]),
  )
}
