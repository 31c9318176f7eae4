// The types that a table gives to queries: its row, filter, order and aggregates (contract graphql.md section 2).
import {
  GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputFieldConfigMap,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
} from 'graphql'
import { isAveraged, isComparable, isJson, isNumeric, type TableModel } from '../model/role-model.ts'
import type { SchemaTypes } from './schema-types.ts'

/** Aggregates over numeric columns that give a Float. */
export const floatAggregates = ['avg', 'stddev', 'stddev_pop', 'stddev_samp', 'var_pop', 'var_samp', 'variance'] as const

/** Columns of a `T_<op>_fields` type; an operator without columns is left out. */
export function aggregateColumns(table: TableModel, operator: string) {
  const fits = operator === 'min' || operator === 'max' ? isComparable : operator === 'sum' ? isNumeric : isAveraged
  return [...table.columns.values()].filter(fits)
}

/** Makes the reading types of tables. */
export class TableTypes {
  constructor(private readonly types: SchemaTypes) {}

  /** `T` */
  row(table: TableModel): GraphQLObjectType {
    return this.types.named(table.name, () => {
      const fields = (): GraphQLFieldConfigMap<unknown, unknown> => {
        const map: GraphQLFieldConfigMap<unknown, unknown> = {}
        for (const [name, column] of table.columns) {
          const args: GraphQLFieldConfigArgumentMap = isJson(column)
            ? { path: { type: this.types.scalar('String'), description: 'JSON select path' } }
            : {}
          map[name] = { type: this.types.output(column), args, description: column.comment ?? undefined }
        }
        for (const { name, link, target, required } of table.relationships.values()) {
          if (link.cardinality === 'to_one') {
            const type = this.row(target)
            map[name] = { type: required ? new GraphQLNonNull(type) : type, description: 'An object relationship' }
            continue
          }
          map[name] = { type: listOf(this.row(target)), args: this.listArguments(target), description: 'An array relationship' }
          map[`${name}_aggregate`] = {
            type: new GraphQLNonNull(this.aggregate(target)),
            args: this.listArguments(target),
            description: 'An aggregate relationship',
          }
        }
        return map
      }
      return new GraphQLObjectType({
        name: table.name,
        description: table.relation.comment ?? `columns and relationships of "${table.name}"`,
        fields,
      })
    })
  }

  /** distinct_on, limit, offset, order_by, where. */
  listArguments(table: TableModel): GraphQLFieldConfigArgumentMap {
    const int = this.types.scalar('Int')
    return {
      distinct_on: { type: new GraphQLList(new GraphQLNonNull(this.selectColumn(table))), description: 'distinct select on columns' },
      limit: { type: int, description: 'limit the number of rows returned' },
      offset: { type: int, description: 'skip the first n rows. Use only with order_by' },
      order_by: { type: new GraphQLList(new GraphQLNonNull(this.orderBy(table))), description: 'sort the rows by one or more columns' },
      where: { type: this.filter(table), description: 'filter the rows returned' },
    }
  }

  /** One argument per column of the primary key. */
  keyArguments(table: TableModel): GraphQLFieldConfigArgumentMap {
    const key = table.primaryKey ?? []
    return Object.fromEntries(
      key.map((column) => [column.name, { type: new GraphQLNonNull(this.types.input(column)), description: column.comment ?? undefined }]),
    )
  }

  /** `T_bool_exp` */
  filter(table: TableModel): GraphQLInputObjectType {
    return this.types.named(`${table.name}_bool_exp`, () => {
      const type: GraphQLInputObjectType = new GraphQLInputObjectType({
        name: `${table.name}_bool_exp`,
        description: `Boolean expression to filter rows from the table "${table.name}". All fields are combined with a logical 'AND'.`,
        fields: () => {
          const list = new GraphQLList(new GraphQLNonNull(type))
          const fields: GraphQLInputFieldConfigMap = { _and: { type: list }, _not: { type }, _or: { type: list } }
          const add = (name: string, type: GraphQLInputObjectType) => {
            // Not `??=`: a column may be named like something that every object inherits.
            if (!Object.hasOwn(fields, name)) fields[name] = { type }
          }
          for (const [name, column] of table.columns) add(name, this.types.comparison(column.type))
          for (const { name, target } of table.relationships.values()) add(name, this.filter(target))
          return fields
        },
      })
      return type
    })
  }

  /** `T_order_by` */
  orderBy(table: TableModel): GraphQLInputObjectType {
    return this.types.named(
      `${table.name}_order_by`,
      () =>
        new GraphQLInputObjectType({
          name: `${table.name}_order_by`,
          description: `Ordering options when selecting data from "${table.name}".`,
          fields: () => {
            const fields: GraphQLInputFieldConfigMap = {}
            for (const name of table.columns.keys()) fields[name] = { type: this.types.orderBy }
            for (const { name, link, target } of table.relationships.values()) {
              if (link.cardinality === 'to_one') fields[name] = { type: this.orderBy(target) }
              else fields[`${name}_aggregate`] = { type: this.aggregateOrderBy(target) }
            }
            return fields
          },
        }),
    )
  }

  private aggregateOrderBy(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_aggregate_order_by`
    return this.types.named(name, () => {
      const fields: GraphQLInputFieldConfigMap = { count: { type: this.types.orderBy } }
      for (const operator of [...floatAggregates, 'sum', 'max', 'min']) {
        const columns = aggregateColumns(table, operator)
        if (columns.length === 0) continue
        const typeName = `${table.name}_${operator}_order_by`
        fields[operator] = {
          type: this.types.named(
            typeName,
            () =>
              new GraphQLInputObjectType({
                name: typeName,
                description: `order by ${operator}() on columns of table "${table.name}"`,
                fields: Object.fromEntries(columns.map((column) => [column.name, { type: this.types.orderBy }])),
              }),
          ),
        }
      }
      return new GraphQLInputObjectType({ name, description: `order by aggregate values of table "${table.name}"`, fields })
    })
  }

  /** `T_select_column` */
  selectColumn(table: TableModel): GraphQLEnumType {
    return this.types.named(
      `${table.name}_select_column`,
      () =>
        new GraphQLEnumType({
          name: `${table.name}_select_column`,
          description: `select columns of table "${table.name}"`,
          values: Object.fromEntries([...table.columns.keys()].map((name) => [name, { description: 'column name' }])),
        }),
    )
  }

  /** `T_aggregate` */
  aggregate(table: TableModel): GraphQLObjectType {
    return this.types.named(
      `${table.name}_aggregate`,
      () =>
        new GraphQLObjectType({
          name: `${table.name}_aggregate`,
          description: `aggregated selection of "${table.name}"`,
          fields: () => ({ aggregate: { type: this.aggregateFields(table) }, nodes: { type: listOf(this.row(table)) } }),
        }),
    )
  }

  private aggregateFields(table: TableModel): GraphQLObjectType {
    const name = `${table.name}_aggregate_fields`
    return this.types.named(name, () => {
      const fields: GraphQLFieldConfigMap<unknown, unknown> = {
        count: {
          type: new GraphQLNonNull(this.types.scalar('Int')),
          args: {
            columns: { type: new GraphQLList(new GraphQLNonNull(this.selectColumn(table))) },
            distinct: { type: this.types.scalar('Boolean') },
          },
        },
      }
      for (const operator of [...floatAggregates, 'sum', 'max', 'min']) {
        const columns = aggregateColumns(table, operator)
        if (columns.length === 0) continue
        const typeName = `${table.name}_${operator}_fields`
        const isFloat = operator !== 'sum' && operator !== 'max' && operator !== 'min'
        const type = (column: (typeof columns)[number]) =>
          isFloat ? this.types.scalar('Float') : this.types.output({ ...column, nullable: true })
        fields[operator] = {
          type: this.types.named(
            typeName,
            () =>
              new GraphQLObjectType({
                name: typeName,
                description: `aggregate ${operator} on columns`,
                fields: Object.fromEntries(
                  columns.map((column) => [column.name, { type: type(column), description: column.comment ?? undefined }]),
                ),
              }),
          ),
        }
      }
      return new GraphQLObjectType({ name, description: `aggregate fields of "${table.name}"`, fields })
    })
  }
}

/** `[T!]!` */
export function listOf(type: GraphQLObjectType): GraphQLNonNull<GraphQLList<GraphQLNonNull<GraphQLObjectType>>> {
  return new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type)))
}
