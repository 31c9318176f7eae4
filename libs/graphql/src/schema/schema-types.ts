// Types by name, made once per schema: scalars, comparison expressions, order_by.
import type { Column, DataType } from '#libs/catalog'
import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  type GraphQLOutputType,
  type GraphQLScalarType,
} from 'graphql'
import { isArrayType, plainType, scalarName } from '../model/names.ts'
import { makeScalar } from './scalars.ts'

const text = new Set(['text', 'varchar', 'bpchar', 'citext'])

/** Which family of operators a type has beyond comparison. */
export function operatorFamily(type: DataType): 'array' | 'text' | 'jsonb' | 'plain' {
  const plain = plainType(type)
  if (plain.kind === 'array') return 'array'
  if (text.has(plain.name)) return 'text'
  return plain.name === 'jsonb' ? 'jsonb' : 'plain'
}

/** Makes and remembers the types of one schema. */
export class SchemaTypes {
  private readonly types = new Map<string, GraphQLNamedType>()
  readonly orderBy = new GraphQLEnumType({
    name: 'order_by',
    description: 'column ordering options',
    values: {
      asc: { description: 'in ascending order, nulls last' },
      asc_nulls_first: { description: 'in ascending order, nulls first' },
      asc_nulls_last: { description: 'in ascending order, nulls last' },
      desc: { description: 'in descending order, nulls first' },
      desc_nulls_first: { description: 'in descending order, nulls first' },
      desc_nulls_last: { description: 'in descending order, nulls last' },
    },
  })

  /** The type of that name, made on first use. */
  named<T extends GraphQLNamedType>(name: string, make: () => T): T {
    let type = this.types.get(name) as T | undefined
    if (type === undefined) {
      type = make()
      this.types.set(name, type)
    }
    return type
  }

  /** A scalar by its GraphQL name. */
  scalar(name: string): GraphQLScalarType {
    return this.named(name, () => makeScalar(name))
  }

  /** A column's value in the answer. */
  output(column: Column): GraphQLOutputType {
    const type = this.ofColumn(column.type)
    return column.nullable ? type : new GraphQLNonNull(type)
  }

  /** A column's value in an input, nullable. */
  input(column: Column): GraphQLInputType {
    return this.ofColumn(column.type)
  }

  private ofColumn(type: DataType): GraphQLScalarType | GraphQLList<GraphQLNonNull<GraphQLScalarType>> {
    const scalar = this.scalar(scalarName(type))
    return isArrayType(type) ? new GraphQLList(new GraphQLNonNull(scalar)) : scalar
  }

  /** `<Scalar>_comparison_exp` or `<Scalar>_array_comparison_exp` (contract graphql.md section 4). */
  comparison(type: DataType): GraphQLInputObjectType {
    const family = operatorFamily(type)
    const scalar = this.scalar(scalarName(type))
    const name = family === 'array' ? `${scalar.name}_array_comparison_exp` : `${scalar.name}_comparison_exp`
    return this.named(name, () => {
      const value: GraphQLInputType = family === 'array' ? new GraphQLList(new GraphQLNonNull(scalar)) : scalar
      const list = new GraphQLList(new GraphQLNonNull(value))
      const string = this.scalar('String')
      const fields: Record<string, { type: GraphQLInputType; description?: string }> = {}
      for (const operator of ['_eq', '_neq', '_gt', '_gte', '_lt', '_lte']) fields[operator] = { type: value }
      for (const operator of ['_in', '_nin']) fields[operator] = { type: list }
      fields['_is_null'] = { type: this.scalar('Boolean') }
      if (family === 'text') for (const [operator, description] of textOperators) fields[operator] = { type: scalar, description }
      if (family === 'array' || family === 'jsonb') {
        fields['_contains'] = { type: value, description: 'does the column contain the given value' }
        fields['_contained_in'] = { type: value, description: 'is the column contained in the given value' }
      }
      if (family === 'jsonb') {
        const strings = new GraphQLList(new GraphQLNonNull(string))
        fields['_has_key'] = { type: string, description: 'does the string exist as a top-level key in the column' }
        fields['_has_keys_any'] = { type: strings, description: 'do any of these strings exist as top-level keys in the column' }
        fields['_has_keys_all'] = { type: strings, description: 'do all of these strings exist as top-level keys in the column' }
      }
      return new GraphQLInputObjectType({
        name,
        description: `Boolean expression to compare columns of type "${scalar.name}". All fields are combined with logical 'AND'.`,
        fields,
      })
    })
  }
}

const textOperators: readonly (readonly [string, string])[] = [
  ['_like', 'does the column match the given pattern'],
  ['_nlike', 'does the column NOT match the given pattern'],
  ['_ilike', 'does the column match the given case-insensitive pattern'],
  ['_nilike', 'does the column NOT match the given case-insensitive pattern'],
  ['_similar', 'does the column match the given SQL regular expression'],
  ['_nsimilar', 'does the column NOT match the given SQL regular expression'],
  ['_regex', 'does the column match the given POSIX regular expression, case sensitive'],
  ['_iregex', 'does the column match the given POSIX regular expression, case insensitive'],
  ['_nregex', 'does the column NOT match the given POSIX regular expression, case sensitive'],
  ['_niregex', 'does the column NOT match the given POSIX regular expression, case insensitive'],
]
