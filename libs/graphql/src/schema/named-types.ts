// Types that a document names (of variables, in fragments), whether or not a field of it leads there: that a variable is
// declared as one type and used as another can be said only when both exist.
import type { GraphQLNamedType } from 'graphql'
import type { Relation } from '#libs/catalog'
import { namesOf } from '../model/catalog-names.ts'
import { scalarName } from '../model/names.ts'
import type { RoleModel, TableModel } from '../model/role-model.ts'
import type { TypeMakers } from './root-field-types.ts'

type Make = (table: TableModel, makers: TypeMakers) => GraphQLNamedType | undefined

const ofReadable =
  (make: Make): Make =>
  (table, makers) =>
    table.columns.size > 0 ? make(table, makers) : undefined

/** By the ending behind the table's name. */
const endings: Readonly<Record<string, Make>> = {
  '': ofReadable((table, { tables }) => tables.row(table)),
  _bool_exp: ofReadable((table, { tables }) => tables.filter(table)),
  _order_by: ofReadable((table, { tables }) => tables.orderBy(table)),
  _select_column: ofReadable((table, { tables }) => tables.selectColumn(table)),
  _aggregate: ofReadable((table, { tables }) => tables.aggregate(table)),
  _aggregate_fields: ofReadable((table, { tables }) => tables.aggregates.fields(table)),
  _insert_input: (table, { writes }) => (table.insertable.size > 0 ? writes.insertInput(table) : undefined),
  _updates: (table, { writes }) => (table.updatable.size > 0 ? writes.updates(table) : undefined),
  _pk_columns_input: (table, { writes }) => (table.primaryKey !== null && table.updatable.size > 0 ? writes.keyInput(table) : undefined),
  _mutation_response: (table, { writes }) =>
    table.insertable.size > 0 || table.updatable.size > 0 || table.deletable ? writes.response(table) : undefined,
}

const builtIn = new Set(['Int', 'Float', 'String', 'Boolean'])

/** The types of these names that exist for the role. */
export function namedTypes(names: Iterable<string>, model: RoleModel, makers: TypeMakers): GraphQLNamedType[] {
  const { scalars, ownScalars, enums, byRelation } = namesOf(model.catalog)
  const sees = (scalar: string, relation: Relation) => {
    const table = model.tables.get(byRelation.get(relation)!)
    const columns = table === undefined ? [] : [table.columns, table.insertable, table.updatable].flatMap((each) => [...each.values()])
    return columns.some(({ type }) => scalarName(type) === scalar)
  }
  return [...names].flatMap((name): GraphQLNamedType[] => {
    if (builtIn.has(name) || scalars.has(name)) return [makers.types.scalar(name)]
    if (ownScalars.get(name)?.some((relation) => sees(name, relation)) === true) return [makers.types.scalar(name)]
    const keys = name.endsWith('_enum') ? [...enums.values()].find((each) => each.name === name) : undefined
    if (keys !== undefined) return [makers.types.enumTable(keys)]
    if (name === 'order_by') return [makers.types.orderBy]
    if (name === 'Node' && model.relay) return [makers.tables.relay.node()]
    for (const [ending, make] of Object.entries(endings)) {
      const base = name.endsWith(ending) ? name.slice(0, name.length - ending.length) : ''
      const table = base === '' ? undefined : (model.tables.get(base) ?? model.resultRow(base))
      const type = table === undefined ? undefined : make(table, makers)
      if (type?.name === name) return [type]
    }
    return []
  })
}
