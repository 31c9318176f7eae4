// Types of hand-written resolvers as copies that fit into a role's schema: they share its scalars by name, because a schema
// cannot hold two types of one name. The copies are for validation and introspection; the originals execute.
import {
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
  GraphQLUnionType,
  isListType,
  isNonNullType,
  isScalarType,
} from 'graphql'

type Field = GraphQLFieldConfig<unknown, unknown>

/** Copies types into the world of one schema. */
export class GraftedTypes {
  private readonly copies = new Map<string, GraphQLNamedType>()

  constructor(private readonly host: GraphQLSchema) {}

  /** A field with its arguments, without its resolver. */
  field(field: Field): Field {
    const args = Object.entries(field.args ?? {}).map(
      ([name, argument]) => [name, { ...argument, type: this.type(argument.type) }] as const,
    )
    return { ...field, resolve: undefined, subscribe: undefined, type: this.type(field.type), args: Object.fromEntries(args) }
  }

  private fields(fields: GraphQLFieldConfigMap<unknown, unknown>): Record<string, Field> {
    return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, this.field(field)]))
  }

  private type<T extends GraphQLType>(type: T): T {
    if (isNonNullType(type)) return new GraphQLNonNull(this.type(type.ofType)) as unknown as T
    if (isListType(type)) return new GraphQLList(this.type(type.ofType)) as unknown as T
    return this.named(type as GraphQLNamedType) as unknown as T
  }

  private named(type: GraphQLNamedType): GraphQLNamedType {
    const known = this.copies.get(type.name)
    if (known !== undefined) return known
    const copy = this.copyOf(type)
    this.copies.set(type.name, copy)
    return copy
  }

  private copyOf(type: GraphQLNamedType): GraphQLNamedType {
    if (isScalarType(type)) {
      const own = this.host.getType(type.name)
      return isScalarType(own) ? own : type
    }
    if (type instanceof GraphQLObjectType) {
      const config = type.toConfig()
      const interfaces = () => config.interfaces.map((each) => this.type(each))
      return new GraphQLObjectType({ ...config, isTypeOf: undefined, interfaces, fields: () => this.fields(config.fields) })
    }
    if (type instanceof GraphQLInterfaceType) {
      const config = type.toConfig()
      const interfaces = () => config.interfaces.map((each) => this.type(each))
      return new GraphQLInterfaceType({ ...config, resolveType: undefined, interfaces, fields: () => this.fields(config.fields) })
    }
    if (type instanceof GraphQLUnionType) {
      const config = type.toConfig()
      return new GraphQLUnionType({ ...config, resolveType: undefined, types: () => config.types.map((each) => this.type(each)) })
    }
    if (type instanceof GraphQLInputObjectType) {
      const config = type.toConfig()
      const fields = () =>
        Object.fromEntries(Object.entries(config.fields).map(([name, field]) => [name, { ...field, type: this.type(field.type) }]))
      return new GraphQLInputObjectType({ ...config, fields })
    }
    return new GraphQLEnumType(type.toConfig())
  }
}
