// `T_group_by`: rows in groups, which Hasura does not have.
import {
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
} from 'graphql'
import { descriptionOf } from '#libs/catalog'
import type { TableModel } from '../model/role-model.ts'
import { aggregateColumns, aggregateOperators, floatAggregates } from './aggregate-types.ts'
import type { FieldSource, SchemaTypes } from './schema-types.ts'
import type { TableTypes } from './table-types.ts'

type InputFields = Record<string, FieldSource<GraphQLInputFieldConfig>>

/** Makes the types of groups. */
export class GroupTypes {
  constructor(
    private readonly types: SchemaTypes,
    private readonly tables: TableTypes,
  ) {}

  /** The field `T_group_by`, at the root or of an array relationship. */
  field(table: TableModel, description: string): GraphQLFieldConfig<unknown, unknown> {
    const group = new GraphQLNonNull(this.group(table))
    return { type: new GraphQLNonNull(new GraphQLList(group)), args: this.arguments(table), description }
  }

  private arguments(table: TableModel): GraphQLFieldConfigArgumentMap {
    const column = new GraphQLNonNull(this.tables.selectColumn(table))
    return this.types.arguments({
      by: { type: new GraphQLNonNull(new GraphQLList(column)), description: 'the columns that make a group' },
      having: () => ({ type: this.having(table), description: 'filter the groups returned' }),
      limit: () => ({ type: this.types.scalar('Int'), description: 'limit the number of groups returned' }),
      offset: () => ({ type: this.types.scalar('Int'), description: 'skip the first n groups. Use only with order_by' }),
      order_by: () => ({ type: new GraphQLList(new GraphQLNonNull(this.order(table))), description: 'sort the groups' }),
      where: () => ({ type: this.tables.filter(table), description: 'filter the rows before they are grouped' }),
    })
  }

  /** `T_group` */
  private group(table: TableModel): GraphQLObjectType {
    const name = table.groupName
    return this.types.named(
      name,
      () =>
        new GraphQLObjectType({
          name,
          description: `rows of "${table.name}" that are equal in the columns they are grouped by`,
          fields: () =>
            this.types.fields<GraphQLFieldConfig<unknown, unknown>>({
              key: () => ({ type: new GraphQLNonNull(this.key(table)), description: 'what the rows have in common' }),
              aggregate: () => ({ type: new GraphQLNonNull(this.tables.aggregates.fields(table)) }),
              nodes: () => ({ type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(this.tables.row(table)))) }),
            }),
        }),
    )
  }

  /** `T_group_key`: columns that are not in `by` are refused when the document is planned. */
  private key(table: TableModel): GraphQLObjectType {
    const name = `${table.groupName}_key`
    const fields = (): Record<string, FieldSource<GraphQLFieldConfig<unknown, unknown>>> =>
      Object.fromEntries(
        [...table.columns].map(([key, column]) => [
          key,
          () => ({ type: this.types.output({ ...column, nullable: true }, table), description: descriptionOf(column.comment) }),
        ]),
      )
    return this.types.named(
      name,
      () =>
        new GraphQLObjectType({
          name,
          description: `columns that rows of "${table.name}" are grouped by`,
          fields: () => this.types.fields(fields()),
        }),
    )
  }

  /** `T_having_exp` */
  private having(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_having_exp`
    return this.types.named(name, () => {
      const type: GraphQLInputObjectType = new GraphQLInputObjectType({
        name,
        description: `Boolean expression to filter groups of rows from the table "${table.name}". All fields are combined with a logical 'AND'.`,
        fields: () => {
          const list = { type: new GraphQLList(new GraphQLNonNull(type)) }
          const fields: InputFields = {
            _and: () => list,
            _not: () => ({ type }),
            _or: () => list,
            count: () => ({ type: this.count(table) }),
          }
          for (const operator of aggregateOperators)
            if (aggregateColumns(table, operator).size > 0) fields[operator] = () => ({ type: this.byColumn(table, operator) })
          return this.types.fields(fields)
        },
      })
      return type
    })
  }

  private count(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_count_having`
    return this.types.named(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          fields: () =>
            this.types.fields<GraphQLInputFieldConfig>({
              arguments: () => ({ type: new GraphQLList(new GraphQLNonNull(this.tables.selectColumn(table))) }),
              distinct: () => ({ type: this.types.scalar('Boolean') }),
              predicate: { type: new GraphQLNonNull(this.tables.filters.comparisons.byScalar('Int', 'plain')) },
            }),
        }),
    )
  }

  /** `T_<op>_having` */
  private byColumn(table: TableModel, operator: string): GraphQLInputObjectType {
    const name = `${table.name}_${operator}_having`
    const isFloat = (floatAggregates as readonly string[]).includes(operator)
    const { comparisons } = this.tables.filters
    const fields = (): InputFields =>
      Object.fromEntries(
        [...aggregateColumns(table, operator)].map(([key, column]) => [
          key,
          () => ({ type: isFloat ? comparisons.byScalar('Float', 'plain') : comparisons.of(column.type) }),
        ]),
      )
    return this.types.named(name, () => new GraphQLInputObjectType({ name, fields: () => this.types.fields(fields()) }))
  }

  /** `T_group_order_by` */
  private order(table: TableModel): GraphQLInputObjectType {
    const name = `${table.groupName}_order_by`
    const key = `${table.groupName}_key_order_by`
    return this.types.named(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          description: `Ordering options when grouping data from "${table.name}".`,
          fields: () =>
            this.types.fields<GraphQLInputFieldConfig>({
              key: () => ({ type: this.tables.orders.byNames(key, `order by the columns that make a group`, table.columns.keys()) }),
              aggregate: () => ({ type: this.tables.orders.byAggregate(table) }),
            }),
        }),
    )
  }
}
