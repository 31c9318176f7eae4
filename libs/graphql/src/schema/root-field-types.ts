// What a root field is in a role's schema: its type and arguments (contract graphql.md sections 1 and 7).
import { type GraphQLFieldConfig, GraphQLList, GraphQLNonNull } from 'graphql'
import { descriptionOf } from '#libs/catalog'
import type { RootField } from '../model/role-model.ts'
import type { MutationTypes } from './mutation-types.ts'
import type { SchemaTypes } from './schema-types.ts'
import { streamArguments } from './stream-types.ts'
import { listOf, type TableTypes } from './table-types.ts'

export type RootFieldConfig = GraphQLFieldConfig<unknown, unknown>

/** What makes the types of one schema. */
export interface TypeMakers {
  readonly types: SchemaTypes
  readonly tables: TableTypes
  readonly writes: MutationTypes
}

/** A root field with its arguments. */
export function rootFieldOf(root: RootField, { types, tables, writes }: TypeMakers): RootFieldConfig {
  if ('function' in root) {
    return root.kind === 'function' || root.table === null
      ? tables.functions.root(root.function)
      : tables.functions.aggregate(root.function, root.table)
  }
  const { table } = root
  const name = table.name
  const where = { type: new GraphQLNonNull(tables.filter(table)) }
  switch (root.kind) {
    case 'select':
      return {
        type: listOf(tables.row(table)),
        args: tables.listArguments(table),
        description: descriptionOf(table.relation.comment) ?? `fetch data from the table: "${name}"`,
      }
    case 'select_aggregate':
      return {
        type: new GraphQLNonNull(tables.aggregate(table)),
        args: tables.listArguments(table),
        description: `fetch aggregated fields from the table: "${name}"`,
      }
    case 'select_group_by':
      return tables.groups.field(table, `fetch data from the table in groups: "${name}"`)
    case 'connection':
      return tables.relay.connectionField(table, `fetch data from the table: "${name}"`)
    case 'select_stream':
      return {
        type: listOf(tables.row(table)),
        args: streamArguments(types, tables, table),
        description: `fetch data from the table in a streaming manner: "${name}"`,
      }
    case 'select_by_pk':
      return {
        type: tables.row(table),
        args: tables.keyArguments(table),
        description: `fetch data from the table: "${name}" using primary key columns`,
      }
    case 'insert': {
      const objects = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(writes.insertInput(table))))
      return {
        type: writes.response(table),
        args: { objects: { type: objects, description: 'the rows to be inserted' }, ...writes.conflictArgument(table) },
        description: `insert data into the table: "${name}"`,
      }
    }
    case 'insert_one':
      return {
        type: tables.row(table),
        args: {
          object: { type: new GraphQLNonNull(writes.insertInput(table)), description: 'the row to be inserted' },
          ...writes.conflictArgument(table),
        },
        description: `insert a single row into the table: "${name}"`,
      }
    case 'update':
      return {
        type: writes.response(table),
        args: { ...writes.updateOperators(table), where: { ...where, description: 'filter the rows which have to be updated' } },
        description: `update data of the table: "${name}"`,
      }
    case 'update_by_pk':
      return {
        type: tables.row(table),
        args: { ...writes.updateOperators(table), pk_columns: { type: new GraphQLNonNull(writes.keyInput(table)) } },
        description: `update single row of the table: "${name}"`,
      }
    case 'update_many': {
      const updates = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(writes.updates(table))))
      return {
        type: new GraphQLList(writes.response(table)),
        args: { updates: { type: updates, description: 'updates to execute, in order' } },
        description: `update multiples rows of table: "${name}"`,
      }
    }
    case 'delete':
      return {
        type: writes.response(table),
        args: { where: { ...where, description: 'filter the rows which have to be deleted' } },
        description: `delete data from the table: "${name}"`,
      }
    case 'delete_by_pk':
      return { type: tables.row(table), args: tables.keyArguments(table), description: `delete single row from the table: "${name}"` }
  }
}
