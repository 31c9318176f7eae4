// The arguments of `T_stream` (contract graphql.md sections 1 and 2).
import {
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
} from 'graphql'
import { descriptionOf } from '#libs/catalog'
import type { TableModel } from '../model/role-model.ts'
import type { FieldSource, SchemaTypes } from './schema-types.ts'
import type { TableTypes } from './table-types.ts'

/** batch_size, cursor, where. */
export function streamArguments(types: SchemaTypes, tables: TableTypes, table: TableModel): GraphQLFieldConfigArgumentMap {
  return types.arguments({
    batch_size: { type: new GraphQLNonNull(types.scalar('Int')), description: 'maximum number of rows returned in a single batch' },
    cursor: {
      type: new GraphQLNonNull(new GraphQLList(cursorInput(types, table))),
      description: 'cursor to stream the results returned by the query',
    },
    where: () => ({ type: tables.filter(table), description: 'filter the rows returned' }),
  })
}

/** `T_stream_cursor_input` */
function cursorInput(types: SchemaTypes, table: TableModel): GraphQLInputObjectType {
  const name = `${table.name}_stream_cursor_input`
  return types.named(
    name,
    () =>
      new GraphQLInputObjectType({
        name,
        description: `Streaming cursor of the table "${table.name}"`,
        fields: () =>
          types.fields<GraphQLInputFieldConfig>({
            initial_value: {
              type: new GraphQLNonNull(cursorValue(types, table)),
              description: 'Stream column input with initial value',
            },
            ordering: () => ({ type: cursorOrdering(types), description: 'cursor ordering' }),
          }),
      }),
  )
}

/** `T_stream_cursor_value_input` */
function cursorValue(types: SchemaTypes, table: TableModel): GraphQLInputObjectType {
  const name = `${table.name}_stream_cursor_value_input`
  return types.named(
    name,
    () =>
      new GraphQLInputObjectType({
        name,
        description: 'Initial value of the column from where the streaming should start',
        fields: () => {
          const fields: Record<string, FieldSource<GraphQLInputFieldConfig>> = {}
          for (const [key, column] of table.columns)
            fields[key] = () => ({ type: types.input(column, table), description: descriptionOf(column.comment) })
          return types.fields(fields)
        },
      }),
  )
}

function cursorOrdering(types: SchemaTypes) {
  return types.enumeration('cursor_ordering', 'ordering argument of a cursor', {
    ASC: { description: 'ascending ordering of the cursor' },
    DESC: { description: 'descending ordering of the cursor' },
  })
}
