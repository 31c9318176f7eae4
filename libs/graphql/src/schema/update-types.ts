// The types of updates: operators over columns, and `_related` for the rows that hang on the updated ones (contract
// graphql.md section 6; docs/decisions/0014).
import {
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
} from 'graphql'
import { type Column, descriptionOf } from '#libs/catalog'
import { mayChangeRelated, relatedChanges } from '../model/nested-writes.ts'
import { isJsonb, isNumeric, type Relationship, type TableModel } from '../model/role-model.ts'
import type { FieldSource, SchemaTypes } from './schema-types.ts'
import type { MutationTypes } from './mutation-types.ts'
import type { TableTypes } from './table-types.ts'

type InputFields = Record<string, FieldSource<GraphQLInputFieldConfig>>
type Arguments = Record<string, FieldSource<GraphQLFieldConfigArgumentMap[string]>>

/** The operators of an update: which columns take part and what their value is. */
const operators: readonly {
  readonly name: string
  readonly takes: (column: Column) => boolean
  readonly type: (types: SchemaTypes, column: Column, table: TableModel) => GraphQLInputType
  readonly description: string
}[] = [
  {
    name: '_set',
    takes: () => true,
    type: (types, column, table) => types.input(column, table),
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

/** Makes the updating types of tables. */
export class UpdateTypes {
  constructor(
    private readonly types: SchemaTypes,
    private readonly tables: TableTypes,
    private readonly writes: MutationTypes,
  ) {}

  /** The operators as arguments or input keys. */
  operators(table: TableModel): Arguments & InputFields {
    const map: Arguments & InputFields = {}
    for (const { name, takes, type, description } of operators) {
      const columns = [...table.updatable].filter(([, column]) => takes(column))
      if (columns.length > 0)
        map[name] = () => ({
          type: this.operator(table, name, columns, (column) => type(this.types, column, table), description),
          description,
        })
    }
    if (mayChangeRelated(table)) {
      const description = 'changes rows that are related to the updated ones, in the same transaction'
      map['_related'] = () => ({ type: this.related(table), description })
    }
    return map
  }

  private operator(
    table: TableModel,
    operator: string,
    columns: readonly (readonly [string, Column])[],
    type: (column: Column) => GraphQLInputType,
    of: string,
  ): GraphQLInputObjectType {
    const name = `${table.name}${operator}_input`
    return this.types.named(name, () => {
      const fields: InputFields = {}
      for (const [key, column] of columns)
        fields[key] = () => ({ type: type(column), description: descriptionOf(column.comment) ?? undefined })
      const description = operator === '_set' ? `input type for updating data in table "${table.name}"` : `${of}, in table "${table.name}"`
      return new GraphQLInputObjectType({ name, description, fields: () => this.types.fields(fields) })
    })
  }

  /** `T_updates` */
  updates(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_updates`
    return this.types.named(name, () => {
      const where = { type: new GraphQLNonNull(this.tables.filter(table)), description: 'filter the rows which have to be updated' }
      return new GraphQLInputObjectType({
        name,
        description: `an update of table "${table.name}"`,
        fields: () => this.types.fields<GraphQLInputFieldConfig>({ ...this.operators(table), where }),
      })
    })
  }

  /** `T_related_input`: a key for each relationship over which rows may be changed. */
  private related(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_related_input`
    return this.types.named(name, () => {
      const fields: InputFields = {}
      for (const relationship of table.relationships.values()) {
        if (relatedChanges(table, relationship).length > 0)
          fields[relationship.name] = () => ({ type: this.changesOver(table, relationship) })
      }
      const description = `changes of rows related to those of "${table.name}"`
      return new GraphQLInputObjectType({ name, description, fields: () => this.types.fields(fields) })
    })
  }

  /** `T_<relationship>_related_changes`: `{update insert delete}` */
  private changesOver(table: TableModel, relationship: Relationship): GraphQLInputObjectType {
    const name = `${table.name}_${relationship.name}_related_changes`
    return this.types.named(name, () => {
      const { target } = relationship
      const offered: InputFields = {
        delete: () => ({ type: this.tables.filter(target), description: 'deletes those of the related rows that match' }),
        update: () => ({
          type: new GraphQLList(new GraphQLNonNull(this.relatedUpdates(target))),
          description: 'updates of those of the related rows that match, in order',
        }),
        insert: () => ({ type: this.writes.relatedRows(relationship), description: 'inserts related rows' }),
      }
      const fields = Object.fromEntries(relatedChanges(table, relationship).map((kind) => [kind, offered[kind]!]))
      const description = `changes over the relationship "${relationship.name}" of "${table.name}": rows are deleted, then updated, then inserted`
      return new GraphQLInputObjectType({ name, description, fields: () => this.types.fields(fields) })
    })
  }

  /** `T_related_updates`: like T_updates, but without `where` all related rows are meant. */
  private relatedUpdates(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_related_updates`
    return this.types.named(name, () => {
      const where = () => ({ type: this.tables.filter(table), description: 'filter the related rows; all of them without it' })
      return new GraphQLInputObjectType({
        name,
        description: `an update of related rows in table "${table.name}"`,
        fields: () => this.types.fields<GraphQLInputFieldConfig>({ ...this.operators(table), where }),
      })
    })
  }
}
