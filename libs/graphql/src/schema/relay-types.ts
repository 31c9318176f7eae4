// Types of the Relay endpoint: Node, PageInfo, `<T>Connection`, `<T>Edge`.
import {
  type GraphQLEnumType,
  type GraphQLFieldConfig,
  GraphQLID,
  type GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
} from 'graphql'
import type { TableModel } from '../model/role-model.ts'
import type { SchemaTypes } from './schema-types.ts'
import type { TableTypes } from './table-types.ts'

type Field = GraphQLFieldConfig<unknown, unknown>

/** Makes them. */
export class RelayTypes {
  constructor(
    private readonly types: SchemaTypes,
    private readonly tables: TableTypes,
  ) {}

  /** `Node`: whatever has a global id. */
  node(): GraphQLInterfaceType {
    return this.types.named(
      'Node',
      () =>
        new GraphQLInterfaceType({
          name: 'Node',
          description: 'An object with globally unique ID',
          fields: () => ({ id: this.id() }),
        }),
    )
  }

  /** `id`, which takes the place of a column of that name. */
  id(): Field {
    return { type: new GraphQLNonNull(GraphQLID), description: 'the globally unique identifier' }
  }

  /** `node(id: ID!): Node` */
  nodeField(): Field {
    return {
      type: this.node(),
      args: { id: { type: new GraphQLNonNull(GraphQLID), description: 'a globally unique identifier' } },
      description: 'fetch an object by its globally unique identifier',
    }
  }

  /** A connection of a table's rows. */
  connectionField(table: TableModel, description: string): Field {
    const list = (type: GraphQLEnumType | GraphQLInputObjectType) => new GraphQLList(new GraphQLNonNull(type))
    return {
      type: new GraphQLNonNull(this.connection(table)),
      args: this.types.arguments({
        after: () => ({ type: this.types.scalar('String'), description: 'only what comes after this cursor' }),
        before: () => ({ type: this.types.scalar('String'), description: 'only what comes before this cursor' }),
        distinct_on: () => ({ type: list(this.tables.selectColumn(table)), description: 'distinct select on columns' }),
        first: () => ({ type: this.types.scalar('Int'), description: 'this many from the beginning' }),
        last: () => ({ type: this.types.scalar('Int'), description: 'this many from the end' }),
        order_by: () => ({ type: list(this.tables.orderBy(table)), description: 'sort the rows by one or more columns' }),
        where: () => ({ type: this.tables.filter(table), description: 'filter the rows returned' }),
      }),
      description,
    }
  }

  private connection(table: TableModel): GraphQLObjectType {
    const name = `${table.name}Connection`
    return this.types.named(
      name,
      () =>
        new GraphQLObjectType({
          name,
          description: `A Relay connection object on "${table.name}"`,
          fields: () => ({
            edges: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(this.edge(table)))) },
            pageInfo: { type: new GraphQLNonNull(this.pageInfo()) },
          }),
        }),
    )
  }

  private edge(table: TableModel): GraphQLObjectType {
    const name = `${table.name}Edge`
    return this.types.named(
      name,
      () =>
        new GraphQLObjectType({
          name,
          fields: () => ({
            cursor: { type: new GraphQLNonNull(this.types.scalar('String')) },
            node: { type: new GraphQLNonNull(this.tables.row(table)) },
          }),
        }),
    )
  }

  private pageInfo(): GraphQLObjectType {
    const string = new GraphQLNonNull(this.types.scalar('String'))
    const boolean = new GraphQLNonNull(this.types.scalar('Boolean'))
    return this.types.named(
      'PageInfo',
      () =>
        new GraphQLObjectType({
          name: 'PageInfo',
          fields: {
            hasNextPage: { type: boolean },
            hasPreviousPage: { type: boolean },
            startCursor: { type: string },
            endCursor: { type: string },
          },
        }),
    )
  }
}
