// A role's view of a catalog, made piece by piece: a table when a document names it, its relationships when they are asked
// for. So a role costs what it uses, however many tables there are.
import type { Catalog, Column, Relation } from '#libs/catalog'
import { reverseLink, toOneLink } from '#libs/query'
import { type CatalogNames, namesOf } from './catalog-names.ts'
import { enumColumns } from './enums.ts'
import { computedFields, resultRowNamed } from './functions.ts'
import { fieldName, isEnumValueName, namedColumns } from './names.ts'
import type { FunctionModel, Named, Relationship, RoleModel, TableModel } from './role-model.ts'
import { mutationFields, queryFields, type RootSource, subscriptionFields } from './root-fields.ts'
import { rootFunctionsOf } from './root-functions.ts'
import { primaryKeyOf } from './view-keys.ts'

/** Tables that a role keeps; more are made again when they are named again. */
const TABLES_MAX = 500

/** How a role's schema is shown. */
export interface ModelOptions {
  /** As the Relay endpoint does. Default false. */
  readonly relay?: boolean
  /** Are object relationships nullable whose rows a policy may hide? Default false: their foreign keys alone decide. */
  readonly policiesMakeNullable?: boolean
}

/** The model of a role; a role without any privilege gets an empty one. */
export function buildRoleModel(
  catalog: Catalog,
  role: string,
  { relay = false, policiesMakeNullable = false }: ModelOptions = {},
): RoleModel {
  const names = namesOf(catalog)
  const known = new Map<Relation, TableModel | undefined>()
  const tableOf = (relation: Relation): TableModel | undefined => {
    const name = names.byRelation.get(relation)
    if (name === undefined) return undefined
    if (known.has(relation)) return known.get(relation)
    const table = buildTable({ catalog, role, names, policiesMakeNullable, tableOf }, relation, name)
    if (known.size >= TABLES_MAX) known.clear()
    known.set(relation, table)
    return table
  }
  const tables: Named<TableModel> = {
    get(name) {
      const relation = names.relations.get(name)
      return relation === undefined ? undefined : tableOf(relation)
    },
    *values() {
      for (const relation of names.byRelation.keys()) {
        const table = tableOf(relation)
        if (table !== undefined) yield table
      }
    },
  }
  const source: RootSource = { names, tables, functions: rootFunctionsOf(catalog, role, tableOf), relay }
  return {
    catalog,
    role,
    tables,
    tableOf,
    resultRow: (name) => (relay ? undefined : resultRowNamed(catalog, role, name)),
    relay,
    queries: queryFields(source),
    mutations: mutationFields(source),
    subscriptions: subscriptionFields(source),
  }
}

interface RoleSource {
  readonly catalog: Catalog
  readonly role: string
  readonly names: CatalogNames
  readonly policiesMakeNullable: boolean
  readonly tableOf: (relation: Relation) => TableModel | undefined
}

function buildTable(source: RoleSource, relation: Relation, name: string): TableModel | undefined {
  const { role, names } = source
  const privileges = relation.privilegesOf(role)
  const columns = namedColumns(relation, privileges.select)
  const isWritable = (column: Column) => column.generated === 'no' || column.generated === 'identity_by_default'
  const writable = (allowed: ReadonlySet<string>) =>
    new Map([...namedColumns(relation, allowed)].filter(([, column]) => isWritable(column)))
  const insertable = relation.insertable ? writable(privileges.insert) : new Map<string, Column>()
  const updatable = relation.updatable ? writable(privileges.update) : new Map<string, Column>()
  const deletable = relation.deletable && privileges.delete
  if (columns.size === 0 && insertable.size === 0 && updatable.size === 0 && !deletable) return undefined
  const byName = new Map([...columns.values()].map((column) => [column.name, column]))
  const key = primaryKeyOf(relation)?.columns.map((column) => byName.get(column))
  const isTable = relation.kind === 'table' || relation.kind === 'partitioned_table'
  const references = enumColumns(relation, role, names.enums)
  let relationships: ReadonlyMap<string, Relationship> | undefined
  let computed: ReadonlyMap<string, FunctionModel> | undefined
  const table: TableModel = {
    name,
    groupName: names.relations.has(`${name}_group`) ? `${name}_rows_group` : `${name}_group`,
    relation,
    columns,
    get relationships() {
      return (relationships ??= relationshipsOf(source, table))
    },
    get computed() {
      return (computed ??= computedOf(source, table))
    },
    insertable,
    updatable,
    deletable,
    nameOf: fieldName,
    enumOf: (column) => references.get(column),
    enum: names.enums.get(relation),
    primaryKey: key !== undefined && key.every((column) => column !== undefined) ? key : null,
    constraints: new Map(
      isTable
        ? relation.uniqueKeys
            .filter((unique) => unique.arbitrates !== false && isEnumValueName(unique.name))
            .map((unique) => [unique.name, unique])
        : [],
    ),
  }
  return table
}

function relationshipsOf({ names, policiesMakeNullable, tableOf }: RoleSource, table: TableModel): ReadonlyMap<string, Relationship> {
  const found = new Map<string, Relationship>()
  const has = (of: TableModel, names: readonly string[]) => names.every((name) => selects(of, name) !== undefined)
  for (const { name, foreignKey, direction, isEnforced } of names.linksOf(table.relation)) {
    const link = direction === 'forward' ? toOneLink(foreignKey) : reverseLink(foreignKey)
    const target = tableOf(link.target)
    // The join runs with the role's own rights: both sides of it must be selectable.
    if (target === undefined || target.columns.size === 0 || !has(table, link.columns) || !has(target, link.targetColumns)) continue
    const mayBeHidden = policiesMakeNullable && target.relation.rowSecurity.enabled
    const isEverywhere =
      isEnforced && direction === 'forward' && foreignKey.columns.every((column) => selects(table, column)?.nullable === false)
    const required = isEverywhere && !mayBeHidden
    found.set(name, { name, link, target, required })
  }
  return found
}

/** The column of that name in the database, when the role may select it. */
function selects(table: TableModel, name: string): Column | undefined {
  const column = table.relation.columnsByName.get(name)
  return column !== undefined && table.columns.get(table.nameOf(column)) === column ? column : undefined
}

function computedOf({ catalog, role, tableOf }: RoleSource, table: TableModel): ReadonlyMap<string, FunctionModel> {
  const fields = computedFields(catalog, table.relation, role, tableOf)
  return new Map([...fields].filter(([name]) => !table.columns.has(name) && !table.relationships.has(name)))
}
