// `T_order_by` and the orders by aggregates of array relationships (contract graphql.md section 5).
import { type GraphQLInputFieldConfig, GraphQLInputObjectType } from 'graphql'
import type { TableModel } from '../model/role-model.ts'
import { aggregateColumns, aggregateOperators } from './aggregate-types.ts'
import type { FieldSource, SchemaTypes } from './schema-types.ts'

type InputFields = Record<string, FieldSource<GraphQLInputFieldConfig>>

/** Makes orders. */
export class OrderTypes {
  constructor(private readonly types: SchemaTypes) {}

  /** `T_order_by` */
  of(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_order_by`
    return this.types.named(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          description: `Ordering options when selecting data from "${table.name}".`,
          fields: () => {
            const fields: InputFields = {}
            for (const column of table.columns.keys()) fields[column] = this.direction
            for (const [computed, { target, isSet, arguments: given, session }] of table.computed)
              if (target === null && !isSet && given.size === 0 && session === undefined) fields[computed] = this.direction
            for (const { name: relationship, link, target } of table.relationships.values()) {
              if (link.cardinality === 'to_one') fields[relationship] = () => ({ type: this.of(target) })
              else fields[`${relationship}_aggregate`] = () => ({ type: this.byAggregate(target) })
            }
            return this.types.fields(fields)
          },
        }),
    )
  }

  /** `T_aggregate_order_by` */
  byAggregate(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_aggregate_order_by`
    return this.types.named(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          description: `order by aggregate values of table "${table.name}"`,
          fields: () => {
            const fields: InputFields = { count: this.direction }
            for (const operator of aggregateOperators) {
              const columns = aggregateColumns(table, operator)
              if (columns.size === 0) continue
              const description = `order by ${operator}() on columns of table "${table.name}"`
              fields[operator] = () => ({ type: this.byNames(`${table.name}_${operator}_order_by`, description, columns.keys()) })
            }
            return this.types.fields(fields)
          },
        }),
    )
  }

  /** An input type with a direction for each name. */
  byNames(name: string, description: string, names: Iterable<string>): GraphQLInputObjectType {
    return this.types.named(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          description,
          fields: () => this.types.fields(Object.fromEntries([...names].map((each) => [each, this.direction]))),
        }),
    )
  }

  private readonly direction = (): GraphQLInputFieldConfig => ({ type: this.types.orderBy })
}
