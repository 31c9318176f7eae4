// The types that a table gives to queries: its row and keys here, the rest in the file of its kind (contract graphql.md
// section 2).
import {
  type GraphQLEnumType,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
} from 'graphql'
import { type Column, descriptionOf } from '#libs/catalog'
import { isJson, type Relationship, type TableModel } from '../model/role-model.ts'
import { AggregateTypes } from './aggregate-types.ts'
import { FilterTypes } from './filter-types.ts'
import { FunctionTypes } from './function-types.ts'
import { GroupTypes } from './group-types.ts'
import { OrderTypes } from './order-types.ts'
import { RelayTypes } from './relay-types.ts'
import type { FieldSource, SchemaTypes } from './schema-types.ts'

type Field = GraphQLFieldConfig<unknown, unknown>

/** Makes the reading types of tables. */
export class TableTypes {
  readonly filters: FilterTypes
  readonly orders: OrderTypes
  readonly aggregates: AggregateTypes
  readonly groups: GroupTypes
  readonly functions: FunctionTypes

  readonly relay: RelayTypes

  /** `isRelay`: rows have global ids and connections. */
  constructor(
    private readonly types: SchemaTypes,
    private readonly isRelay = false,
  ) {
    this.relay = new RelayTypes(types, this)
    const selectColumn = (table: TableModel) => this.selectColumn(table)
    this.filters = new FilterTypes(types, selectColumn)
    this.orders = new OrderTypes(types)
    this.aggregates = new AggregateTypes(types, (table) => this.row(table), selectColumn)
    this.groups = new GroupTypes(types, this)
    this.functions = new FunctionTypes(types, this)
  }

  /** `T` */
  row(table: TableModel): GraphQLObjectType {
    return this.types.named(
      table.name,
      () =>
        new GraphQLObjectType({
          name: table.name,
          description: descriptionOf(table.relation.comment) ?? `columns and relationships of "${table.name}"`,
          interfaces: () => (this.hasGlobalId(table) ? [this.relay.node()] : []),
          fields: () => this.types.fields(this.rowFields(table)),
        }),
    )
  }

  private rowFields(table: TableModel): Record<string, FieldSource<Field>> {
    const fields: Record<string, FieldSource<Field>> = {}
    for (const [name, column] of table.columns) fields[name] = () => this.column(table, column)
    for (const [name, computed] of table.computed) fields[name] = () => this.functions.computed(table, computed)
    for (const relationship of table.relationships.values()) this.addRelationship(fields, relationship)
    if (this.hasGlobalId(table)) fields['id'] = this.relay.id()
    return fields
  }

  private hasGlobalId(table: TableModel): boolean {
    return this.isRelay && table.primaryKey !== null
  }

  private column(table: TableModel, column: Column): Field {
    const path = () => ({ type: this.types.scalar('String'), description: 'JSON select path' })
    return {
      type: this.types.output(column, table),
      args: isJson(column) ? this.types.arguments({ path }) : {},
      description: descriptionOf(column.comment),
    }
  }

  private addRelationship(fields: Record<string, FieldSource<Field>>, { name, link, target, required }: Relationship): void {
    if (link.cardinality === 'to_one') {
      fields[name] = () => {
        const type = this.row(target)
        return { type: required ? new GraphQLNonNull(type) : type, description: 'An object relationship' }
      }
      return
    }
    fields[name] = () => ({ type: listOf(this.row(target)), args: this.listArguments(target), description: 'An array relationship' })
    fields[`${name}_aggregate`] = () => ({
      type: new GraphQLNonNull(this.aggregate(target)),
      args: this.listArguments(target),
      description: 'An aggregate relationship',
    })
    const connection = `${name}_connection`
    if (this.hasGlobalId(target) && !Object.hasOwn(fields, connection))
      fields[connection] = () => this.relay.connectionField(target, 'An array relationship connection')
    // Offered where nothing else has that name.
    const groups = `${name}_group_by`
    if (!Object.hasOwn(fields, groups)) fields[groups] = () => this.groups.field(target, 'An array relationship in groups')
  }

  /** distinct_on, limit, offset, order_by, where. */
  listArguments(table: TableModel): GraphQLFieldConfigArgumentMap {
    const list = (type: GraphQLEnumType | GraphQLInputObjectType) => new GraphQLList(new GraphQLNonNull(type))
    return this.types.arguments({
      distinct_on: () => ({ type: list(this.selectColumn(table)), description: 'distinct select on columns' }),
      limit: () => ({ type: this.types.scalar('Int'), description: 'limit the number of rows returned' }),
      offset: () => ({ type: this.types.scalar('Int'), description: 'skip the first n rows. Use only with order_by' }),
      order_by: () => ({ type: list(this.orderBy(table)), description: 'sort the rows by one or more columns' }),
      where: () => ({ type: this.filter(table), description: 'filter the rows returned' }),
    })
  }

  /** One argument per column of the primary key. */
  keyArguments(table: TableModel): GraphQLFieldConfigArgumentMap {
    const argument = (column: Column) => ({
      type: new GraphQLNonNull(this.types.input(column, table)),
      description: descriptionOf(column.comment),
    })
    return this.types.arguments(Object.fromEntries((table.primaryKey ?? []).map((column) => [table.nameOf(column), argument(column)])))
  }

  /** `T_bool_exp` */
  filter(table: TableModel): GraphQLInputObjectType {
    return this.filters.of(table)
  }

  /** `T_order_by` */
  orderBy(table: TableModel): GraphQLInputObjectType {
    return this.orders.of(table)
  }

  /** `T_aggregate` */
  aggregate(table: TableModel): GraphQLObjectType {
    return this.aggregates.of(table)
  }

  /** `T_select_column` */
  selectColumn(table: TableModel): GraphQLEnumType {
    const values = Object.fromEntries([...table.columns.keys()].map((name) => [name, { description: 'column name' }]))
    return this.types.enumeration(`${table.name}_select_column`, `select columns of table "${table.name}"`, values)
  }
}

/** `[T!]!` */
export function listOf(type: GraphQLObjectType): GraphQLNonNull<GraphQLList<GraphQLNonNull<GraphQLObjectType>>> {
  return new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type)))
}
