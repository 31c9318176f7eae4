// The types that a table gives to mutations (contract graphql.md sections 2 and 6).
import {
  GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
} from 'graphql'
import type { Column } from '#libs/catalog'
import { isJsonb, isNumeric, type TableModel } from '../model/role-model.ts'
import type { SchemaTypes } from './schema-types.ts'
import { listOf, type TableTypes } from './table-types.ts'

/** The operators of an update: which columns take part and what their value is. */
const operators: readonly {
  readonly name: string
  readonly takes: (column: Column) => boolean
  readonly type: (types: SchemaTypes, column: Column) => GraphQLInputType
  readonly description: string
}[] = [
  {
    name: '_set',
    takes: () => true,
    type: (types, column) => types.input(column),
    description: 'sets the columns of the filtered rows to the given values',
  },
  {
    name: '_inc',
    takes: isNumeric,
    type: (types, column) => types.input(column),
    description: 'increments the numeric columns with given value of the filtered values',
  },
  {
    name: '_append',
    takes: isJsonb,
    type: (types, column) => types.input(column),
    description: 'append existing jsonb value of filtered columns with new jsonb value',
  },
  {
    name: '_prepend',
    takes: isJsonb,
    type: (types, column) => types.input(column),
    description: 'prepend existing jsonb value of filtered columns with new jsonb value',
  },
  { name: '_delete_key', takes: isJsonb, type: (types) => types.scalar('String'), description: 'delete key/value pair or string element' },
  {
    name: '_delete_elem',
    takes: isJsonb,
    type: (types) => types.scalar('Int'),
    description: 'delete the array element with specified index',
  },
  {
    name: '_delete_at_path',
    takes: isJsonb,
    type: (types) => new GraphQLList(new GraphQLNonNull(types.scalar('String'))),
    description: 'delete the field or element with specified path',
  },
]

/** Makes the writing types of tables. */
export class MutationTypes {
  constructor(
    private readonly types: SchemaTypes,
    private readonly tables: TableTypes,
  ) {}

  /** `T_insert_input`; its shape in a variable is the set of its keys (see plan/shapes.ts). */
  insertInput(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_insert_input`
    return this.types.named(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          description: `input type for inserting data into table "${table.name}"`,
          fields: this.columnInputs(table.insertable.values(), (column) => this.types.input(column)),
          extensions: { plinthRow: true },
        }),
    )
  }

  /** `on_conflict`, where there is a key and something may be updated; update_columns may stay empty. */
  conflictArgument(table: TableModel): GraphQLFieldConfigArgumentMap {
    if (table.constraints.size === 0) return {}
    const name = `${table.name}_on_conflict`
    const type = this.types.named(name, () => {
      const column = new GraphQLNonNull(this.updateColumn(table))
      return new GraphQLInputObjectType({
        name,
        description: `on_conflict condition type for table "${table.name}"`,
        fields: {
          constraint: { type: new GraphQLNonNull(this.constraint(table)) },
          update_columns: { type: new GraphQLNonNull(new GraphQLList(column)), defaultValue: [] },
          where: { type: this.tables.filter(table) },
        },
      })
    })
    return { on_conflict: { type, description: 'upsert condition' } }
  }

  /** `_set`, `_inc` …: those for which a column exists. */
  updateOperators(table: TableModel): GraphQLFieldConfigArgumentMap {
    const map: GraphQLFieldConfigArgumentMap = {}
    for (const { name, takes, type, description } of operators) {
      const columns = [...table.updatable.values()].filter(takes)
      if (columns.length === 0) continue
      const typeName = `${table.name}${name}_input`
      const input = this.types.named(
        typeName,
        () =>
          new GraphQLInputObjectType({
            name: typeName,
            description: `input type for the operator ${name} on table "${table.name}"`,
            fields: this.columnInputs(columns, (column) => type(this.types, column)),
          }),
      )
      map[name] = { type: input, description }
    }
    return map
  }

  /** `T_pk_columns_input` */
  keyInput(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_pk_columns_input`
    return this.types.named(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          description: `primary key columns input for table: ${table.name}`,
          fields: this.columnInputs(table.primaryKey ?? [], (column) => new GraphQLNonNull(this.types.input(column))),
        }),
    )
  }

  /** `T_updates` */
  updates(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_updates`
    return this.types.named(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          fields: () => ({
            ...this.updateOperators(table),
            where: { type: new GraphQLNonNull(this.tables.filter(table)), description: 'filter the rows which have to be updated' },
          }),
        }),
    )
  }

  /** `T_mutation_response` */
  response(table: TableModel): GraphQLObjectType {
    const name = `${table.name}_mutation_response`
    return this.types.named(
      name,
      () =>
        new GraphQLObjectType({
          name,
          description: `response of any mutation on the table "${table.name}"`,
          fields: () => {
            const fields: GraphQLFieldConfigMap<unknown, unknown> = {
              affected_rows: { type: new GraphQLNonNull(this.types.scalar('Int')), description: 'number of rows affected by the mutation' },
            }
            if (table.columns.size > 0)
              fields['returning'] = { type: listOf(this.tables.row(table)), description: 'data from the rows affected by the mutation' }
            return fields
          },
        }),
    )
  }

  private columnInputs(columns: Iterable<Column>, type: (column: Column) => GraphQLInputType) {
    return Object.fromEntries([...columns].map((column) => [column.name, { type: type(column), description: column.comment ?? undefined }]))
  }

  private updateColumn(table: TableModel): GraphQLEnumType {
    const names = table.updatable.size > 0 ? [...table.updatable.keys()] : ['_PLACEHOLDER']
    return this.types.named(
      `${table.name}_update_column`,
      () =>
        new GraphQLEnumType({
          name: `${table.name}_update_column`,
          description:
            table.updatable.size > 0
              ? `update columns of table "${table.name}"`
              : `placeholder for update columns of table "${table.name}" (current role has no relevant permissions)`,
          values: Object.fromEntries(names.map((name) => [name, { description: 'column name' }])),
        }),
    )
  }

  private constraint(table: TableModel): GraphQLEnumType {
    const describe = (columns: readonly string[], primary: boolean) =>
      `unique or primary key constraint on columns ${columns.map((column) => `"${column}"`).join(', ')}${primary ? ' (primary key)' : ''}`
    return this.types.named(
      `${table.name}_constraint`,
      () =>
        new GraphQLEnumType({
          name: `${table.name}_constraint`,
          description: `unique or primary key constraints on table "${table.name}"`,
          values: Object.fromEntries(
            [...table.constraints.values()].map((key) => [key.name, { description: describe(key.columns, key.primary) }]),
          ),
        }),
    )
  }
}
