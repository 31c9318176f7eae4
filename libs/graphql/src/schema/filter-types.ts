// `T_bool_exp` and the predicates on aggregates of array relationships (contract graphql.md section 4).
import { baseType } from '#libs/query'
import { type GraphQLEnumType, type GraphQLInputFieldConfig, GraphQLInputObjectType, GraphQLList, GraphQLNonNull } from 'graphql'
import type { Column } from '#libs/catalog'
import type { TableModel } from '../model/role-model.ts'
import { ComparisonTypes } from './comparison-types.ts'
import type { FieldSource, SchemaTypes } from './schema-types.ts'

type InputFields = Record<string, FieldSource<GraphQLInputFieldConfig>>

/** Aggregates of one float8 column that a predicate may compare. */
export const floatPredicates = ['avg', 'max', 'min', 'stddev_samp', 'sum', 'var_samp'] as const
/** Aggregates of two float8 columns, X and Y. */
export const pairPredicates = ['corr', 'covar_samp'] as const
/** Aggregates of a boolean column. */
export const booleanPredicates = ['bool_and', 'bool_or'] as const

/** Columns that a predicate's aggregate may be over. */
export function predicateColumns(table: TableModel, aggregate: string): ReadonlyMap<string, Column> {
  const type = (booleanPredicates as readonly string[]).includes(aggregate) ? 'bool' : 'float8'
  return new Map([...table.columns].filter(([, column]) => baseType(column.type).name === type))
}

/** Makes filters. */
export class FilterTypes {
  readonly comparisons: ComparisonTypes
  constructor(
    private readonly types: SchemaTypes,
    private readonly selectColumn: (table: TableModel) => GraphQLEnumType,
  ) {
    this.comparisons = new ComparisonTypes(types)
  }

  /** `T_bool_exp` */
  of(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_bool_exp`
    return this.types.named(name, () => {
      const type: GraphQLInputObjectType = new GraphQLInputObjectType({
        name,
        description: `Boolean expression to filter rows from the table "${table.name}". All fields are combined with a logical 'AND'.`,
        fields: () => this.types.fields(this.keys(table, type)),
      })
      return type
    })
  }

  private keys(table: TableModel, self: GraphQLInputObjectType): InputFields {
    const list = { type: new GraphQLList(new GraphQLNonNull(self)) }
    const fields: InputFields = { _and: () => list, _not: () => ({ type: self }), _or: () => list }
    const add = (name: string, make: () => GraphQLInputObjectType) => {
      // Not `??=`: a column may be named like something that every object inherits.
      if (!Object.hasOwn(fields, name)) fields[name] = () => ({ type: make() })
    }
    for (const [name, column] of table.columns) add(name, () => this.ofColumn(table, column))
    for (const [name, computed] of table.computed) {
      if (computed.arguments.size > 0 || computed.session !== undefined) continue
      const { target, isSet } = computed
      if (target === null && isSet) continue
      add(name, () => (target === null ? this.comparisons.of(computed.function.returnType) : this.of(target)))
    }
    for (const { name, target, link } of table.relationships.values()) {
      add(name, () => this.of(target))
      if (link.cardinality === 'to_many') add(`${name}_aggregate`, () => this.aggregate(target))
    }
    return fields
  }

  /** The comparison expression of a column. */
  ofColumn(table: TableModel, column: Column): GraphQLInputObjectType {
    const enumeration = table.enumOf(column)
    return enumeration === undefined ? this.comparisons.of(column.type) : this.comparisons.ofEnum(this.types.enumTable(enumeration))
  }

  /** `T_aggregate_bool_exp` */
  private aggregate(table: TableModel): GraphQLInputObjectType {
    const name = `${table.name}_aggregate_bool_exp`
    return this.types.named(name, () => {
      const fields: InputFields = { count: () => ({ type: this.predicate(table, 'count') }) }
      for (const aggregate of [...booleanPredicates, ...floatPredicates, ...pairPredicates]) {
        if (predicateColumns(table, aggregate).size > 0) fields[aggregate] = () => ({ type: this.predicate(table, aggregate) })
      }
      return new GraphQLInputObjectType({ name, fields: () => this.types.fields(fields) })
    })
  }

  /** `T_aggregate_bool_exp_<aggregate>` */
  private predicate(table: TableModel, aggregate: string): GraphQLInputObjectType {
    const name = `${table.name}_aggregate_bool_exp_${aggregate}`
    const isBoolean = (booleanPredicates as readonly string[]).includes(aggregate)
    const [scalar, family] = aggregate === 'count' ? ['Int', 'plain' as const] : [isBoolean ? 'Boolean' : 'float8', 'plain' as const]
    return this.types.named(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          fields: () =>
            this.types.fields<GraphQLInputFieldConfig>({
              arguments: this.predicateArguments(table, aggregate, name),
              distinct: () => ({ type: this.types.scalar('Boolean') }),
              filter: () => ({ type: this.of(table) }),
              predicate: { type: new GraphQLNonNull(this.comparisons.byScalar(scalar, family)) },
            }),
        }),
    )
  }

  private predicateArguments(table: TableModel, aggregate: string, name: string): FieldSource<GraphQLInputFieldConfig> {
    if (aggregate === 'count') return () => ({ type: new GraphQLList(new GraphQLNonNull(this.selectColumn(table))) })
    const columns = this.types.enumeration(
      `${table.name}_select_column_${name}_arguments_columns`,
      `select "${name}_arguments_columns" columns of table "${table.name}"`,
      Object.fromEntries([...predicateColumns(table, aggregate).keys()].map((column) => [column, { description: 'column name' }])),
    )
    const column = { type: new GraphQLNonNull(columns) }
    if (!(pairPredicates as readonly string[]).includes(aggregate)) return column
    const pair = this.types.named(
      `${name}_arguments`,
      () => new GraphQLInputObjectType({ name: `${name}_arguments`, fields: { X: column, Y: column } }),
    )
    return { type: new GraphQLNonNull(pair) }
  }
}
