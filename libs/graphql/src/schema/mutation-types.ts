// The types that a table gives to mutations: inserts, deletes and answers here, updates in their own file (contract
// graphql.md sections 2 and 6).
import {
  type GraphQLEnumType,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
} from 'graphql'
import { descriptionOf } from '#libs/catalog'
import { mayNestInserts } from '../model/nested-writes.ts'
import type { Relationship, TableModel } from '../model/role-model.ts'
import type { FieldSource, SchemaTypes } from './schema-types.ts'
import { listOf, type TableTypes } from './table-types.ts'
import { UpdateTypes } from './update-types.ts'

type InputFields = Record<string, FieldSource<GraphQLInputFieldConfig>>

/** Makes the writing types of tables. */
export class MutationTypes {
  private readonly updateTypes: UpdateTypes

  constructor(
    private readonly types: SchemaTypes,
    private readonly tables: TableTypes,
  ) {
    this.updateTypes = new UpdateTypes(types, tables, this)
  }

  /** `T_insert_input`; its shape in a variable is the set of its keys (see plan/shapes.ts). */
  insertInput(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_insert_input`
    return this.types.named(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          description: `input type for inserting data into table "${table.name}"`,
          fields: () => this.types.fields(this.insertFields(table)),
          extensions: { plinthRow: true },
        }),
    )
  }

  private insertFields(table: TableModel): InputFields {
    const fields: InputFields = {}
    for (const [name, column] of table.insertable)
      fields[name] = () => ({ type: this.types.input(column, table), description: descriptionOf(column.comment) ?? undefined })
    for (const relationship of table.relationships.values()) {
      if (!Object.hasOwn(fields, relationship.name) && mayNestInserts(table, relationship))
        fields[relationship.name] = () => ({ type: this.relatedRows(relationship) })
    }
    return fields
  }

  /** `R_obj_rel_insert_input` or `R_arr_rel_insert_input` */
  relatedRows({ link, target }: Relationship): GraphQLInputObjectType {
    return link.cardinality === 'to_one' ? this.relatedRow(target) : this.relatedList(target)
  }

  private relatedRow(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_obj_rel_insert_input`
    return this.types.named(name, () => {
      const data = () => ({ type: new GraphQLNonNull(this.insertInput(table)) })
      const description = `input type for inserting object relation for remote table "${table.name}"`
      return new GraphQLInputObjectType({ name, description, fields: () => this.related(table, data), extensions: { plinthRelated: true } })
    })
  }

  private relatedList(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_arr_rel_insert_input`
    return this.types.named(name, () => {
      const data = () => ({ type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(this.insertInput(table)))) })
      const description = `input type for inserting array relation for remote table "${table.name}"`
      return new GraphQLInputObjectType({ name, description, fields: () => this.related(table, data), extensions: { plinthRelated: true } })
    })
  }

  private related(table: TableModel, data: () => GraphQLInputFieldConfig) {
    const conflict: InputFields =
      table.constraints.size === 0 ? {} : { on_conflict: () => ({ type: this.conflict(table), description: 'upsert condition' }) }
    return this.types.fields<GraphQLInputFieldConfig>({ data: data(), ...conflict })
  }

  /** `on_conflict`, where there is a key; without a column that may be updated, rows that are there already can only be left alone. */
  conflictArgument(table: TableModel): GraphQLFieldConfigArgumentMap {
    if (table.constraints.size === 0) return {}
    return this.types.arguments({ on_conflict: () => ({ type: this.conflict(table), description: 'upsert condition' }) })
  }

  private conflict(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_on_conflict`
    return this.types.named(name, () => {
      const columns = () => new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(this.updateColumn(table))))
      return new GraphQLInputObjectType({
        name,
        description: `on_conflict condition type for table "${table.name}"`,
        fields: () =>
          this.types.fields<GraphQLInputFieldConfig>({
            constraint: { type: new GraphQLNonNull(this.constraint(table)) },
            update_columns: () => ({ type: columns(), defaultValue: [] }),
            where: () => ({ type: this.tables.filter(table) }),
          }),
      })
    })
  }

  /** `_set`, `_inc` … and `_related`: those for which there is something to change. */
  updateOperators(table: TableModel): GraphQLFieldConfigArgumentMap {
    return this.types.arguments(this.updateTypes.operators(table))
  }

  /** `T_pk_columns_input` */
  keyInput(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_pk_columns_input`
    return this.types.named(name, () => {
      const fields: InputFields = {}
      for (const column of table.primaryKey ?? [])
        fields[table.nameOf(column)] = {
          type: new GraphQLNonNull(this.types.input(column, table)),
          description: descriptionOf(column.comment) ?? undefined,
        }
      const description = `primary key columns input for table: ${table.name}`
      return new GraphQLInputObjectType({ name, description, fields: () => this.types.fields(fields) })
    })
  }

  /** `T_updates` */
  updates(table: TableModel): GraphQLInputObjectType {
    return this.updateTypes.updates(table)
  }

  /** `T_mutation_response` */
  response(table: TableModel): GraphQLObjectType {
    const name = `${table.name}_mutation_response`
    return this.types.named(name, () => {
      const fields: Record<string, FieldSource<GraphQLFieldConfig<unknown, unknown>>> = {
        affected_rows: () => ({
          type: new GraphQLNonNull(this.types.scalar('Int')),
          description: 'number of rows affected by the mutation',
        }),
      }
      if (table.columns.size > 0)
        fields['returning'] = () => ({ type: listOf(this.tables.row(table)), description: 'data from the rows affected by the mutation' })
      const description = `response of any mutation on the table "${table.name}"`
      return new GraphQLObjectType({ name, description, fields: () => this.types.fields(fields) })
    })
  }

  /** `T_update_column` */
  private updateColumn(table: TableModel): GraphQLEnumType {
    const isEmpty = table.updatable.size === 0
    const names = isEmpty ? ['_PLACEHOLDER'] : [...table.updatable.keys()]
    const description = isEmpty
      ? `placeholder for update columns of table "${table.name}" (current role has no relevant permissions)`
      : `update columns of table "${table.name}"`
    const values = Object.fromEntries(names.map((name) => [name, { description: 'column name' }]))
    return this.types.enumeration(`${table.name}_update_column`, description, values)
  }

  /** `T_constraint` */
  private constraint(table: TableModel): GraphQLEnumType {
    const shown = (name: string) => {
      const column = table.relation.columnsByName.get(name)
      return column === undefined ? name : table.nameOf(column)
    }
    const describe = (columns: readonly string[], primary: boolean) =>
      `unique or primary key constraint on columns ${columns.map((name) => `"${shown(name)}"`).join(', ')}${primary ? ' (primary key)' : ''}`
    const values = Object.fromEntries(
      [...table.constraints.values()].map((key) => [key.name, { description: describe(key.columns, key.primary) }]),
    )
    return this.types.enumeration(`${table.name}_constraint`, `unique or primary key constraints on table "${table.name}"`, values)
  }
}
