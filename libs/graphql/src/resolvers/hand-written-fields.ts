// Root fields that an application's own Nest resolvers add to query, mutation and subscription: how they get into the schema of every
// role, and how they are executed. Who may call them is decided by their guards.
import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  type FragmentDefinitionNode,
  getNamedType,
  GraphQLObjectType,
  GraphQLSchema,
  isInterfaceType,
  isObjectType,
  isInputObjectType,
  isScalarType,
  isUnionType,
  subscribe,
  Kind,
  type GraphQLFieldConfigMap,
  type GraphQLNamedType,
  type OperationDefinitionNode,
  visit,
} from 'graphql'
import { NumberText } from '../plan/number-text.ts'
import type { Variables } from '../plan/inputs.ts'
import { GraftedTypes } from './grafted-types.ts'
import { resolverFailure } from './resolver-failure.ts'

/** What resolvers find in their context. */
export interface ResolverContext {
  /** The HTTP request: what guards and request-scoped providers look for. */
  readonly req: unknown
  /** Who asks. */
  readonly principal: unknown
}

/** What one event of a resolver's subscription became. */
export type ResolvedEvent = Pick<ExecutionResult, 'data' | 'errors'>

/** Root fields of an operation that resolvers answer. */
export interface HandWrittenCall {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
}

type Root = 'query' | 'mutation' | 'subscription'

/** The schema that Nest made of the application's resolvers. */
export class HandWrittenFields {
  private readonly roots: Readonly<Record<Root, GraphQLObjectType | undefined>>
  /** Names of its types: where a table's type is called so, the fields that lead there are left out. */
  readonly typeNames: readonly string[]
  private readonly extended = new WeakMap<GraphQLSchema, GraphQLSchema>()

  constructor(
    private readonly schema: GraphQLSchema,
    /** Fields that stand in the schema for technical reasons only. */
    private readonly hidden: ReadonlySet<string>,
  ) {
    this.typeNames = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('__'))
    this.roots = {
      query: schema.getQueryType() ?? undefined,
      mutation: schema.getMutationType() ?? undefined,
      subscription: schema.getSubscriptionType() ?? undefined,
    }
  }

  /** Names of the root fields. */
  names(root: Root): string[] {
    return Object.keys(this.roots[root]?.getFields() ?? {}).filter((name) => !this.hidden.has(name))
  }

  has(root: Root, name: string): boolean {
    return !this.hidden.has(name) && Object.hasOwn(this.roots[root]?.getFields() ?? {}, name)
  }

  /** A role's schema with these fields in it. A field whose types are named like the role's own is left out. */
  addTo(schema: GraphQLSchema): GraphQLSchema {
    let extended = this.extended.get(schema)
    if (extended === undefined) {
      extended = this.extend(schema)
      this.extended.set(schema, extended)
    }
    return extended
  }

  /** Answers a call: JSON text by response key. Throws GraphQLFailure with the first error. */
  async run({ document }: HandWrittenCall, variables: Variables, context: ResolverContext): Promise<ReadonlyMap<string, string>> {
    const { data, errors } = await execute({
      schema: this.schema,
      document,
      contextValue: context,
      variableValues: asNumbers(variables) as Variables,
    })
    const [error] = errors ?? []
    if (error !== undefined) throw resolverFailure(error)
    return new Map(Object.entries(data ?? {}).map(([key, value]) => [key, JSON.stringify(value ?? null)]))
  }

  /** Opens a subscription of a resolver: an answer for each event. Throws GraphQLFailure when it is refused. */
  async open(
    { document }: HandWrittenCall,
    variables: Variables,
    context: ResolverContext,
  ): Promise<AsyncGenerator<ResolvedEvent, void, void>> {
    const opened = await subscribe({
      schema: this.schema,
      document,
      contextValue: context,
      variableValues: asNumbers(variables) as Variables,
    })
    if (!(Symbol.asyncIterator in opened)) throw resolverFailure(opened.errors![0]!)
    return opened
  }

  private extend(schema: GraphQLSchema): GraphQLSchema {
    const types = new GraftedTypes(schema)
    const config = schema.toConfig()
    const added = (root: Root) =>
      Object.fromEntries(
        Object.entries(this.roots[root]?.toConfig().fields ?? {})
          .filter(([name, { type, args }]) => {
            if (this.hidden.has(name)) return false
            return !this.clashes(schema, [getNamedType(type), ...Object.values(args ?? {}).map((each) => getNamedType(each.type))])
          })
          .map(([name, field]) => [name, types.field(field)]),
      )
    const queries = added('query')
    const own = schema.getQueryType()!.toConfig()
    const { no_queries_available: nothing, ...others } = own.fields
    const query = new GraphQLObjectType({
      ...own,
      fields: {
        ...others,
        ...(nothing === undefined || Object.keys(queries).length > 0 ? {} : { no_queries_available: nothing }),
        ...queries,
      },
    })
    const mutation = rootWith('mutation', schema.getMutationType(), added('mutation'))
    const subscription = rootWith('subscription', schema.getSubscriptionType(), added('subscription'))
    const replaced: ReadonlySet<string | undefined> = new Set([query.name, mutation?.name, subscription?.name])
    return new GraphQLSchema({ ...config, query, mutation, subscription, types: config.types.filter(({ name }) => !replaced.has(name)) })
  }

  /** Is a type that can be reached from these named like one of the schema? */
  private clashes(schema: GraphQLSchema, from: readonly GraphQLNamedType[]): boolean {
    const seen = new Set<string>()
    const waiting = [...from]
    for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
      if (seen.has(type.name) || isScalarType(type)) continue
      seen.add(type.name)
      if (schema.getType(type.name) !== undefined) return true
      waiting.push(...reachedFrom(type))
    }
    return false
  }
}

/** A role's root type with these fields in it; undefined when there are none at all. */
function rootWith(
  root: Root,
  own: GraphQLObjectType | null | undefined,
  added: GraphQLFieldConfigMap<unknown, unknown>,
): GraphQLObjectType | undefined {
  const config = own?.toConfig()
  if (config === undefined && Object.keys(added).length === 0) return undefined
  return new GraphQLObjectType({ name: `${root}_root`, description: `${root} root`, ...config, fields: { ...config?.fields, ...added } })
}

/** Resolvers get JavaScript's numbers. */
function asNumbers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof NumberText) return Number(value.text)
  if (Array.isArray(value)) return value.map(asNumbers)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asNumbers(item)]))
}

function reachedFrom(type: GraphQLNamedType): GraphQLNamedType[] {
  if (isUnionType(type)) return [...type.getTypes()]
  if (isInputObjectType(type)) return Object.values(type.getFields()).map((field) => getNamedType(field.type))
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  const fields = Object.values(type.getFields())
  return [
    ...type.getInterfaces(),
    ...fields.flatMap((field) => [getNamedType(field.type), ...field.args.map((each) => getNamedType(each.type))]),
  ]
}

/** The part of an operation that resolvers answer, with the fragments and variables that it uses. */
export function handWrittenCall(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): HandWrittenCall {
  const used = new Map<string, FragmentDefinitionNode>()
  const variables = new Set<string>()
  const walk = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      VariableDefinition: () => false,
      Variable: ({ name }) => void variables.add(name.value),
      FragmentSpread: ({ name }) => {
        const fragment = fragments.get(name.value)
        if (fragment === undefined || used.has(name.value)) return
        used.set(name.value, fragment)
        walk(fragment)
      },
    })
  }
  walk(operation)
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) => variables.has(variable.name.value))
  const own = { ...operation, variableDefinitions }
  return { operation: own, document: { kind: Kind.DOCUMENT, definitions: [own, ...used.values()] } }
}
