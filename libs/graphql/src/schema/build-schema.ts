// The GraphQLSchema of a role: for validation and introspection only. No field has a resolver.
import {
  DirectiveLocation,
  GraphQLDirective,
  type GraphQLFieldConfig,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  specifiedDirectives,
} from 'graphql'
import { descriptionOf } from '#libs/catalog'
import type { RoleModel, RootField, RootFields } from '../model/role-model.ts'
import { multipleFieldsDirective } from '../plan/live/subscriptions.ts'
import { MutationTypes } from './mutation-types.ts'
import { namedTypes } from './named-types.ts'
import { SchemaTypes } from './schema-types.ts'
import { streamArguments } from './stream-types.ts'
import { listOf, TableTypes } from './table-types.ts'

type Field = GraphQLFieldConfig<unknown, unknown>

const multipleFields = new GraphQLDirective({
  name: multipleFieldsDirective,
  description: 'lets a live query have several root fields',
  locations: [DirectiveLocation.SUBSCRIPTION],
})

/** Names that a document says, and types that it names; see document-schema.ts. */
export interface Mentioned {
  readonly names: ReadonlySet<string>
  readonly types: ReadonlySet<string>
}

/** Builds the schema of everything that the role may name, or of what a document mentions of it. */
export function buildSchema(model: RoleModel, mentioned?: Mentioned): GraphQLSchema {
  const types = new SchemaTypes(mentioned?.names ?? null)
  const tables = new TableTypes(types, model.relay)
  const writes = new MutationTypes(types, tables)
  const fieldsOf = (roots: RootFields) =>
    Object.fromEntries([...wanted(roots, mentioned)].map((root) => [root.name, fieldOf(root, types, tables, writes)]))
  const none: Record<string, Field> = {
    no_queries_available: {
      type: new GraphQLNonNull(types.scalar('String')),
      description: 'There are no queries available to the current role. Either there are no tables, or the role holds no privilege on any.',
    },
  }
  return new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'query_root',
      fields: () =>
        model.queries.isEmpty ? none : { ...(model.relay ? { node: tables.relay.nodeField() } : {}), ...fieldsOf(model.queries) },
    }),
    mutation: !model.mutations.isEmpty
      ? new GraphQLObjectType({ name: 'mutation_root', description: 'mutation root', fields: () => fieldsOf(model.mutations) })
      : undefined,
    subscription: !model.subscriptions.isEmpty
      ? new GraphQLObjectType({ name: 'subscription_root', description: 'subscription root', fields: () => fieldsOf(model.subscriptions) })
      : undefined,
    directives: [...specifiedDirectives, multipleFields],
    types: [types.scalar('Int'), ...(mentioned === undefined ? [] : namedTypes(mentioned, model, { types, tables, writes }))],
    // Of a document's schema a type may have nothing that the document says.
    assumeValid: mentioned !== undefined,
  })
}

function* wanted(roots: RootFields, mentioned: Mentioned | undefined): Iterable<RootField> {
  if (mentioned === undefined) return yield* roots.values()
  for (const name of mentioned.names) {
    const root = roots.get(name)
    if (root !== undefined) yield root
  }
}

function fieldOf(root: RootField, types: SchemaTypes, tables: TableTypes, writes: MutationTypes): Field {
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
