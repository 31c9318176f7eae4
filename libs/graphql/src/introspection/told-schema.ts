// The whole schema of a role, type by type: what introspection tells. Types are made when it is their turn and made again
// when they are needed again, so that at no time many of them are in memory, however many tables there are.
import {
  getNamedType,
  type GraphQLDirective,
  type GraphQLField,
  GraphQLInterfaceType,
  type GraphQLNamedType,
  GraphQLObjectType,
  type GraphQLSchema,
  GraphQLUnionType,
  introspectionTypes,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql'
import { validationFailed } from '../graphql.errors.ts'
import type { RoleModel, RootFields } from '../model/role-model.ts'
import type { HandWrittenFields } from '../resolvers/hand-written-fields.ts'
import { directives, noQueries, rootType, typeMakers } from '../schema/build-schema.ts'
import { documentSchema } from '../schema/document-schema.ts'
import { namedTypes } from '../schema/named-types.ts'
import { type RootFieldConfig, rootFieldOf, type TypeMakers } from '../schema/root-field-types.ts'

/** After so many types those made so far are forgotten. */
const TYPES_KEPT = 200

type Root = 'query' | 'mutation' | 'subscription'
type Fields = Iterable<readonly [string, RootFieldConfig]>

/** What graphql-js' introspection fields ask of a schema, with its types one by one. */
export class ToldSchema {
  readonly description = undefined
  private readonly makers: TypeMakers
  private readonly roots: ReadonlyMap<GraphQLObjectType, () => Fields>
  private readonly query: GraphQLObjectType
  private readonly mutation: GraphQLObjectType | undefined
  private readonly subscription: GraphQLObjectType | undefined
  /** The hand-written fields that the role's schema has, with their types. */
  private readonly added: GraphQLSchema | undefined

  /** `tablesMax`: of a role that sees more, only types that are asked for by name are told. */
  constructor(
    private readonly model: RoleModel,
    private readonly handWritten: HandWrittenFields | undefined,
    private readonly tablesMax: number,
  ) {
    this.makers = typeMakers(model, null)
    // It finds out which of them are in the way of a table's types, as for any document.
    this.added = handWritten?.addTo(documentSchema(model, { names: new Set(), types: new Set(handWritten.typeNames) }))
    const roots = new Map<GraphQLObjectType, () => Fields>()
    const make = (root: Root, fields: () => Fields): GraphQLObjectType | undefined => {
      if (isEmpty(fields())) return undefined
      const type = rootType(root, () => Object.fromEntries(fields()))
      roots.set(type, fields)
      return type
    }
    this.roots = roots
    this.query = make('query', () => this.queryFields())!
    this.mutation = make('mutation', () => this.fieldsOf('mutation', model.mutations))
    this.subscription = make('subscription', () => this.fieldsOf('subscription', model.subscriptions))
  }

  getQueryType(): GraphQLObjectType {
    return this.query
  }

  getMutationType(): GraphQLObjectType | undefined {
    return this.mutation
  }

  getSubscriptionType(): GraphQLObjectType | undefined {
    return this.subscription
  }

  getDirectives(): readonly GraphQLDirective[] {
    return directives
  }

  /** The object types of an interface or union. */
  getPossibleTypes(type: GraphQLInterfaceType | GraphQLUnionType): readonly GraphQLObjectType[] {
    if (isUnionType(type)) return type.getTypes()
    if (type.name !== 'Node' || !this.model.relay) return this.added?.getPossibleTypes(type) ?? []
    const tables = [...this.model.tables.values()].filter((table) => table.primaryKey !== null && table.columns.size > 0)
    return tables.map((table) => this.makers.tables.row(table))
  }

  /** All types that can be reached, each once, nearest first. */
  *types(): Generator<GraphQLNamedType> {
    this.checkSize()
    const ofDirectives = directives.flatMap(({ args }) => args.map((argument) => getNamedType(argument.type)))
    const waiting = new Map<string, GraphQLNamedType | null>()
    const meet = (type: GraphQLNamedType): void => {
      if (!waiting.has(type.name)) waiting.set(type.name, type)
    }
    for (const seed of [...this.roots.keys(), this.makers.types.scalar('Int'), ...ofDirectives, ...introspectionTypes]) meet(seed)
    let told = 0
    for (const [name, type] of waiting) {
      yield type!
      for (const next of this.reachedFrom(type!)) meet(next)
      // Of those that are told only the names stay.
      waiting.set(name, null)
      if (++told % TYPES_KEPT === 0) this.makers.types.forget()
    }
  }

  /** The type of that name, when it is one that can be found without looking through all. */
  namedType(name: string): GraphQLNamedType | undefined {
    const own = [...this.roots.keys(), ...introspectionTypes].find((type) => type.name === name)
    if (own !== undefined) return own
    const [type] = namedTypes([name], this.model, this.makers)
    // Of a scalar it does not say that something of the role has it.
    return isObjectType(type) || isInputObjectType(type) || isInterfaceType(type) ? type : undefined
  }

  /** The fields of an object or interface; those of a root type are made one after the other. */
  *fieldsOfType(type: GraphQLObjectType | GraphQLInterfaceType): Generator<GraphQLField<unknown, unknown>> {
    const fields = isObjectType(type) ? this.roots.get(type) : undefined
    if (fields === undefined) return yield* Object.values(type.getFields())
    this.checkSize()
    for (const [name, config] of fields()) yield new GraphQLObjectType({ name: type.name, fields: { [name]: config } }).getFields()[name]!
  }

  private checkSize(): void {
    let tables = 0
    for (const _table of this.model.tables.values()) {
      if (++tables <= this.tablesMax) continue
      throw validationFailed(
        `The schema of this role has more than ${this.tablesMax} tables, too many to be told as a whole (setting introspectionTablesMax). Types can be asked for by their names.`,
      )
    }
  }

  private *reachedFrom(type: GraphQLNamedType): Generator<GraphQLNamedType> {
    if (isUnionType(type)) yield* type.getTypes()
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) yield getNamedType(field.type)
    if (!isObjectType(type) && !isInterfaceType(type)) return
    yield* type.getInterfaces()
    for (const field of this.fieldsOfType(type)) {
      yield getNamedType(field.type)
      for (const argument of field.args) yield getNamedType(argument.type)
    }
  }

  private *queryFields(): Fields {
    const { relay, queries } = this.model
    if (relay && !queries.isEmpty) yield ['node', this.makers.tables.relay.nodeField()]
    let some = !queries.isEmpty
    for (const field of this.fieldsOf('query', queries)) {
      some = true
      yield field
    }
    if (!some) yield* Object.entries(noQueries(this.makers))
  }

  /** The role's own fields, then the hand-written ones, which go before own ones of their name. */
  private *fieldsOf(root: Root, own: RootFields): Fields {
    const added = this.addedTo(root)
    for (const field of own.values()) if (!Object.hasOwn(added, field.name)) yield [field.name, rootFieldOf(field, this.makers)]
    yield* Object.entries(added)
  }

  private addedTo(root: Root): Record<string, RootFieldConfig> {
    const { added, handWritten } = this
    if (added === undefined || handWritten === undefined) return {}
    const type = { query: added.getQueryType(), mutation: added.getMutationType(), subscription: added.getSubscriptionType() }[root]
    const fields = type?.toConfig().fields ?? {}
    return Object.fromEntries(
      handWritten
        .names(root)
        .filter((name) => Object.hasOwn(fields, name))
        .map((name) => [name, fields[name]!]),
    )
  }
}

function isEmpty(fields: Fields): boolean {
  return fields[Symbol.iterator]().next().done === true
}
