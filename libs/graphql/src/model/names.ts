// Names in the schema, by rule or by the comments of owners: no metadata. docs/reference and the README of this lib state the same rules.
import { baseType } from '#libs/query'
import { type Catalog, type Column, type DataType, heldRenames, readDirective, type Relation } from '#libs/catalog'

const validName = /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/

/** May a name of the database stand in a GraphQL schema? Others are not exposed. */
export function isGraphQLName(name: string): boolean {
  return validName.test(name)
}

/** May it also stand as a value of an enum, as columns and constraints do? */
export function isEnumValueName(name: string): boolean {
  return isGraphQLName(name) && name !== 'true' && name !== 'false' && name !== 'null'
}

/** Type names that a table cannot take; it is then called `<schema>_<table>`. */
const reserved = new Set(['Int', 'Float', 'String', 'Boolean', 'ID', 'order_by', 'query_root', 'mutation_root', 'subscription_root'])

/** Types and enums that exist once. */
const single = new Set([...reserved, 'cursor_ordering', 'Node', 'PageInfo', 'lquery', 'ltxtquery'])

const aggregates = 'avg|stddev|stddev_pop|stddev_samp|var_pop|var_samp|variance|sum|max|min'
const updates = '(set|inc|append|prepend|delete_key|delete_elem|delete_at_path)_input'
const groups = '(rows_)?group_(key|order_by|key_order_by)'

/** What the schema itself puts behind a table's name. `group` is not here: it gives way to a table of that name. */
const endings = new RegExp(
  `^_(aggregate|aggregate_fields|aggregate_order_by|(${aggregates})_(fields|order_by|having)|bool_exp|aggregate_bool_exp(_\\w+)?|order_by|` +
    `select_column(_\\w+)?|update_column|constraint|on_conflict|insert_input|${updates}|pk_columns_input|updates|mutation_response|` +
    `obj_rel_insert_input|arr_rel_insert_input|related_input|related_updates|\\w+_related_changes|by_pk|stream|` +
    `stream_cursor_input|stream_cursor_value_input|having_exp|count_having|group_by|${groups})$|^(Connection|Edge)$`,
)

/** What the schema makes names of. */
export interface NameSources {
  readonly tables: ReadonlySet<string>
  readonly enums: ReadonlySet<string>
  readonly functions: ReadonlySet<string>
}

/** Does the schema make this name itself, of a table, an enum table, a function or a scalar? */
export function isGenerated(name: string, { tables, enums, functions }: NameSources): boolean {
  if (single.has(name) || /_(comparison|cast)_exp$/.test(name) || /^st_\w+_input$/.test(name)) return true
  for (let i = 1; i < name.length; i += 1) {
    const [base, ending] = [name.slice(0, i), name.slice(i)]
    if (tables.has(base) && endings.test(ending)) return true
    if (ending === '_enum' && enums.has(base)) return true
    if (functions.has(base) && /^(_\w+)?_args$/.test(ending)) return true
  }
  return false
}

/**
 * Names of the exposed relations: what their comments say; else the table's own in the default schema, `<schema>_<table>` elsewhere
 * and for a clash with a scalar or with a type generated for another table. A comment's name that clashes is ignored.
 */
export function relationNames(catalog: Catalog): ReadonlyMap<Relation, string> {
  const scalars = scalarNames(catalog)
  const [defaultSchema] = catalog.schemas
  const exposed = [...catalog.relations.values()].filter((relation) => catalog.schemas.includes(relation.schema))
  // The default schema's tables come first, so that no table of another schema can take a name from one of them.
  const ordered = exposed.sort(
    (a, b) =>
      Number(b.schema === defaultSchema) - Number(a.schema === defaultSchema) || compare(a.schema, b.schema) || compare(a.name, b.name),
  )
  const sources = nameSources(catalog)
  const ownName = (relation: Relation) => {
    const isShort = relation.schema === defaultSchema && !scalars.has(relation.name) && !isGenerated(relation.name, sources)
    return isShort ? relation.name : `${relation.schema}_${relation.name}`
  }
  const items = ordered.map((item) => ({ item, own: ownName(item), wanted: wantedName(item) }))
  const held = heldRenames(items, (name) => !scalars.has(name) && !isGenerated(name, sources))
  const names = new Map<Relation, string>()
  const taken = new Set<string>(held.values())
  for (const { item, own } of items) {
    const name = held.get(item) ?? own
    if (!isGraphQLName(name) || scalars.has(name) || (taken.has(name) && !held.has(item))) continue
    taken.add(name)
    names.set(item, name)
  }
  return names
}

/** Scalars that any role's schema may have: of columns and of functions. Rows of tables are none. */
export function scalarNames(catalog: Catalog): Set<string> {
  const names = new Set<string>(reserved)
  for (const { schema, columns } of catalog.relations.values())
    if (catalog.schemas.includes(schema)) for (const { type } of columns) names.add(scalarName(type))
  for (const fn of [...catalog.functions.values()].flat()) {
    if (fn.ofExtension === true) continue
    const columns = fn.returnColumns ?? []
    for (const type of [fn.returnType, ...fn.arguments.map((argument) => argument.type), ...columns.map((column) => column.type)])
      if (type.kind !== 'composite' || catalog.findRelation(type.schema, type.name) === undefined) names.add(scalarName(type))
  }
  return names
}

function wantedName({ comment }: Relation): string | undefined {
  return readDirective(comment, 'relation').options.name
}

/** Everything that names are made of, whoever may use it. */
export function nameSources(catalog: Catalog): NameSources {
  const functions = new Set<string>()
  for (const overloads of catalog.functions.values()) {
    for (const { schema, name, comment } of overloads)
      for (const each of [name, `${schema}_${name}`, readDirective(comment, 'function').options.name])
        if (each !== undefined) functions.add(each)
  }
  // Which of its names a table gets is not known yet.
  const namesOf = (relation: Relation) => [relation.name, `${relation.schema}_${relation.name}`, wantedName(relation) ?? relation.name]
  const exposed = [...catalog.relations.values()].filter(({ schema }) => catalog.schemas.includes(schema))
  return { tables: new Set(exposed.flatMap(namesOf)), enums: new Set([...catalog.enumValues.keys()].flatMap(namesOf)), functions }
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

/** The base type of an array's elements, through any domains; of no array, its own. */
export function itemType(type: DataType): DataType {
  const plain = baseType(type)
  return plain.kind === 'array' && plain.base !== undefined ? itemType(plain.base) : plain
}

/** Is the column's type an array (or a domain over one)? */
export function isArrayType(type: DataType): boolean {
  return baseType(type).kind === 'array'
}

/** The GraphQL name of a column: what its comment says, else its own. */
export function fieldName(column: Column): string {
  return column.fieldName ?? column.name
}

/** Columns in the table's order whose names can stand in a schema. */
export function namedColumns(relation: Relation, allowed: ReadonlySet<string>): ReadonlyMap<string, Column> {
  return new Map(
    relation.columns
      .filter((column) => allowed.has(column.name) && isEnumValueName(fieldName(column)))
      .map((column) => [fieldName(column), column]),
  )
}
