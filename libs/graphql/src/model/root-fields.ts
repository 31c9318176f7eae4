// The root fields of a role by their names, which are taken apart instead of being kept: of 10,000 tables that would be
// 130,000. A table's own name always means that table: `a_aggregate` of table a gives way to a table of that name.
import type { CatalogNames } from './catalog-names.ts'
import type { Named, RootField, RootFields, TableModel, TableRoot } from './role-model.ts'
import type { RootFunctions } from './root-functions.ts'

/** What root fields are made of. */
export interface RootSource {
  readonly names: CatalogNames
  readonly tables: Named<TableModel>
  readonly functions: RootFunctions
  readonly relay: boolean
}

type Kind = TableRoot['kind']

/** One way to make a root field's name of a table's. */
interface Rule {
  readonly kind: Kind
  readonly prefix: string
  readonly suffix: string
  readonly offers: (table: TableModel) => boolean
}

const isReadable = (table: TableModel) => table.columns.size > 0
const hasKey = (table: TableModel) => table.primaryKey !== null && isReadable(table)

const select: Rule = { kind: 'select', prefix: '', suffix: '', offers: isReadable }
const reads: readonly Rule[] = [
  { kind: 'select_aggregate', prefix: '', suffix: '_aggregate', offers: isReadable },
  { kind: 'select_group_by', prefix: '', suffix: '_group_by', offers: isReadable },
  { kind: 'select_by_pk', prefix: '', suffix: '_by_pk', offers: hasKey },
]
const stream: Rule = { kind: 'select_stream', prefix: '', suffix: '_stream', offers: isReadable }
const connection: Rule = { kind: 'connection', prefix: '', suffix: '_connection', offers: hasKey }
const writes: readonly Rule[] = [
  { kind: 'insert', prefix: 'insert_', suffix: '', offers: ({ insertable }) => insertable.size > 0 },
  { kind: 'insert_one', prefix: 'insert_', suffix: '_one', offers: (table) => table.insertable.size > 0 && isReadable(table) },
  { kind: 'update', prefix: 'update_', suffix: '', offers: ({ updatable }) => updatable.size > 0 },
  { kind: 'update_many', prefix: 'update_', suffix: '_many', offers: ({ updatable }) => updatable.size > 0 },
  { kind: 'update_by_pk', prefix: 'update_', suffix: '_by_pk', offers: (table) => table.updatable.size > 0 && hasKey(table) },
  { kind: 'delete', prefix: 'delete_', suffix: '', offers: ({ deletable }) => deletable },
  { kind: 'delete_by_pk', prefix: 'delete_', suffix: '_by_pk', offers: (table) => table.deletable && hasKey(table) },
]

/** Fields of query_root; at the Relay endpoint they are connections. */
export function queryFields(source: RootSource): RootFields {
  return source.relay ? fields(source, [[connection]], undefined) : fields(source, [[select], reads], 'query')
}

/** Fields of mutation_root. */
export function mutationFields(source: RootSource): RootFields {
  return fields(source, [writes], 'mutation')
}

/** Fields of subscription_root: everything that can be queried, and `T_stream` of every table that may be read. */
export function subscriptionFields(source: RootSource): RootFields {
  return source.relay ? fields(source, [[connection]], undefined) : fields(source, [[select], reads, [stream]], 'query')
}

/** `groups`: in this order the fields stand in the schema. */
function fields(source: RootSource, groups: readonly (readonly Rule[])[], functions: 'query' | 'mutation' | undefined): RootFields {
  // Names without an ending first: they are the table's own.
  const rules = groups.flat().sort((a, b) => a.suffix.length - b.suffix.length)
  const tableField = (name: string): TableRoot | undefined => {
    for (const { kind, prefix, suffix, offers } of rules) {
      if (!name.startsWith(prefix) || !name.endsWith(suffix) || name.length <= prefix.length + suffix.length) continue
      const base = name.slice(prefix.length, name.length - suffix.length)
      if (!source.names.relations.has(base)) continue
      const table = source.tables.get(base)
      if (table !== undefined && offers(table)) return { name, kind, table }
    }
    return undefined
  }
  const functionField = (name: string): RootField | undefined => {
    if (functions === undefined) return undefined
    const known = source.functions()
    const own = known.get(name)
    if (own !== undefined && own.isMutation === (functions === 'mutation'))
      return { name, kind: 'function', function: own.model, table: own.model.target }
    const rows = name.endsWith('_aggregate') ? known.get(name.slice(0, -'_aggregate'.length)) : undefined
    if (rows === undefined || rows.isMutation !== (functions === 'mutation') || rows.model.target === null || !rows.model.isSet)
      return undefined
    return { name, kind: 'function_aggregate', function: rows.model, table: rows.model.target }
  }
  const get = (name: string): RootField | undefined => tableField(name) ?? functionField(name)
  function* values(): Iterable<RootField> {
    for (const group of groups) {
      for (const table of source.tables.values()) {
        for (const { kind, prefix, suffix } of group) {
          const field = tableField(`${prefix}${table.name}${suffix}`)
          if (field?.kind === kind && field.table.relation === table.relation) yield field
        }
      }
    }
    if (functions === undefined) return
    for (const name of source.functions().keys()) {
      for (const each of [name, `${name}_aggregate`]) {
        const field = get(each)
        if (field !== undefined && 'function' in field && field.function.name === name) yield field
      }
    }
  }
  let empty: boolean | undefined
  return {
    get,
    values,
    get isEmpty() {
      return (empty ??= values()[Symbol.iterator]().next().done === true)
    },
  }
}
