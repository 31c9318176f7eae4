// `T_aggregate` and what is in it (contract graphql.md section 2).
import { type GraphQLEnumType, type GraphQLFieldConfig, GraphQLList, GraphQLNonNull, GraphQLObjectType } from 'graphql'
import { type Column, descriptionOf } from '#libs/catalog'
import { isAveraged, isComparable, isNumeric, type TableModel } from '../model/role-model.ts'
import type { FieldSource, SchemaTypes } from './schema-types.ts'

type Fields = Record<string, FieldSource<GraphQLFieldConfig<unknown, unknown>>>

/** Aggregates over numeric columns that give a Float. */
export const floatAggregates = ['avg', 'stddev', 'stddev_pop', 'stddev_samp', 'var_pop', 'var_samp', 'variance'] as const
/** All aggregates of columns. */
export const aggregateOperators = [...floatAggregates, 'sum', 'max', 'min'] as const

/** Columns that an aggregate may be over, by name; an operator without columns is left out of the schema. */
export function aggregateColumns(table: TableModel, operator: string): ReadonlyMap<string, Column> {
  const fits = operator === 'min' || operator === 'max' ? isComparable : operator === 'sum' ? isNumeric : isAveraged
  return new Map([...table.columns].filter(([, column]) => fits(column)))
}

/** Makes the types of aggregates. */
export class AggregateTypes {
  constructor(
    private readonly types: SchemaTypes,
    private readonly row: (table: TableModel) => GraphQLObjectType,
    private readonly selectColumn: (table: TableModel) => GraphQLEnumType,
  ) {}

  /** `T_aggregate` */
  of(table: TableModel): GraphQLObjectType {
    const name = `${table.name}_aggregate`
    return this.types.named(
      name,
      () =>
        new GraphQLObjectType({
          name,
          description: `aggregated selection of "${table.name}"`,
          fields: () =>
            this.types.fields<GraphQLFieldConfig<unknown, unknown>>({
              aggregate: () => ({ type: this.fields(table) }),
              nodes: () => ({ type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(this.row(table)))) }),
            }),
        }),
    )
  }

  /** `T_aggregate_fields` */
  fields(table: TableModel): GraphQLObjectType {
    const name = `${table.name}_aggregate_fields`
    return this.types.named(
      name,
      () =>
        new GraphQLObjectType({
          name,
          description: `aggregate fields of "${table.name}"`,
          fields: () => {
            const fields: Fields = { count: () => this.count(table) }
            for (const operator of aggregateOperators) {
              const columns = aggregateColumns(table, operator)
              if (columns.size > 0) fields[operator] = () => ({ type: this.ofColumns(table, operator, columns) })
            }
            return this.types.fields(fields)
          },
        }),
    )
  }

  private count(table: TableModel): GraphQLFieldConfig<unknown, unknown> {
    return {
      type: new GraphQLNonNull(this.types.scalar('Int')),
      args: this.types.arguments({
        columns: () => ({ type: new GraphQLList(new GraphQLNonNull(this.selectColumn(table))) }),
        distinct: () => ({ type: this.types.scalar('Boolean') }),
      }),
    }
  }

  /** `T_<op>_fields` */
  private ofColumns(table: TableModel, operator: string, columns: ReadonlyMap<string, Column>): GraphQLObjectType {
    const name = `${table.name}_${operator}_fields`
    const isFloat = (floatAggregates as readonly string[]).includes(operator)
    const field = (column: Column) => () => ({
      type: isFloat ? this.types.scalar('Float') : this.types.output({ ...column, nullable: true }),
      description: descriptionOf(column.comment),
    })
    return this.types.named(
      name,
      () =>
        new GraphQLObjectType({
          name,
          description: `aggregate ${operator} on columns`,
          fields: () => this.types.fields(Object.fromEntries([...columns].map(([key, column]) => [key, field(column)]))),
        }),
    )
  }
}
