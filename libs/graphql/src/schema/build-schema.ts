// The GraphQLSchema of a role: for validation and introspection only. No field has a resolver.
import { DirectiveLocation, GraphQLDirective, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, specifiedDirectives } from 'graphql'
import { namesOf } from '../model/catalog-names.ts'
import type { RoleModel, RootField, RootFields } from '../model/role-model.ts'
import { multipleFieldsDirective } from '../plan/live/subscriptions.ts'
import { MutationTypes } from './mutation-types.ts'
import { namedTypes } from './named-types.ts'
import { type RootFieldConfig, rootFieldOf, type TypeMakers } from './root-field-types.ts'
import { SchemaTypes } from './schema-types.ts'
import { TableTypes } from './table-types.ts'

/** The directives of every schema. */
export const directives: readonly GraphQLDirective[] = [
  ...specifiedDirectives,
  new GraphQLDirective({
    name: multipleFieldsDirective,
    description: 'lets a live query have several root fields',
    locations: [DirectiveLocation.SUBSCRIPTION],
  }),
]

/** Names that a document says, and types that it names; see document-schema.ts. */
export interface Mentioned {
  readonly names: ReadonlySet<string>
  readonly types: ReadonlySet<string>
}

/** What makes the types of a role's schema: whole ones, or of each what has one of `names`. */
export function typeMakers(model: RoleModel, names: ReadonlySet<string> | null): TypeMakers {
  const types = new SchemaTypes(names, namesOf(model.catalog).composites)
  const tables = new TableTypes(types, model.relay)
  return { types, tables, writes: new MutationTypes(types, tables) }
}

/** `query_root` has this field when the role may query nothing: a type without fields cannot be. */
export function noQueries({ types }: TypeMakers): Record<'no_queries_available', RootFieldConfig> {
  return {
    no_queries_available: {
      type: new GraphQLNonNull(types.scalar('String')),
      description: 'There are no queries available to the current role. Either there are no tables, or the role holds no privilege on any.',
    },
  }
}

/** A root type. */
export function rootType(root: 'query' | 'mutation' | 'subscription', fields: () => Record<string, RootFieldConfig>): GraphQLObjectType {
  return new GraphQLObjectType({ name: `${root}_root`, description: root === 'query' ? undefined : `${root} root`, fields })
}

/** Builds the schema of everything that the role may name, or of what a document mentions of it. */
export function buildSchema(model: RoleModel, mentioned?: Mentioned): GraphQLSchema {
  const makers = typeMakers(model, mentioned?.names ?? null)
  const fieldsOf = (roots: RootFields) =>
    Object.fromEntries([...wanted(roots, mentioned)].map((root) => [root.name, rootFieldOf(root, makers)]))
  const { queries, mutations, subscriptions, relay } = model
  return new GraphQLSchema({
    query: rootType('query', () =>
      queries.isEmpty ? noQueries(makers) : { ...(relay ? { node: makers.tables.relay.nodeField() } : {}), ...fieldsOf(queries) },
    ),
    mutation: mutations.isEmpty ? undefined : rootType('mutation', () => fieldsOf(mutations)),
    subscription: subscriptions.isEmpty ? undefined : rootType('subscription', () => fieldsOf(subscriptions)),
    directives,
    types: [makers.types.scalar('Int'), ...(mentioned === undefined ? [] : namedTypes(mentioned.types, model, makers))],
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
