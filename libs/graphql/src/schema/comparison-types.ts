// `<Scalar>_comparison_exp` and the input types of its operators (contract graphql.md section 4).
import {
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLEnumType,
} from 'graphql'
import type { DataType } from '#libs/catalog'
import { scalarName } from '../model/names.ts'
import { type ComparisonOperator, enumOperators, operatorFamily, type OperatorFamily, operatorsOf } from './operators.ts'
import type { FieldSource, SchemaTypes } from './schema-types.ts'

type InputFields = Record<string, FieldSource<GraphQLInputFieldConfig>>

/** Makes comparison expressions. */
export class ComparisonTypes {
  constructor(private readonly types: SchemaTypes) {}

  /** `<Scalar>_comparison_exp`, `<Scalar>_array_comparison_exp`. */
  of(type: DataType): GraphQLInputObjectType {
    return this.byScalar(scalarName(type), operatorFamily(type))
  }

  /** `<T>_enum_comparison_exp` */
  ofEnum(enumeration: GraphQLEnumType): GraphQLInputObjectType {
    const name = `${enumeration.name}_comparison_exp`
    return this.types.named(name, () => this.make(name, enumeration.name, enumOperators, enumeration))
  }

  /** The comparison expression of a scalar that no column may have: of predicates on aggregates. */
  byScalar(scalar: string, family: OperatorFamily): GraphQLInputObjectType {
    const name = family === 'array' ? `${scalar}_array_comparison_exp` : `${scalar}_comparison_exp`
    return this.types.named(name, () => {
      const single = this.types.scalar(scalar)
      return this.make(name, scalar, operatorsOf(family), family === 'array' ? new GraphQLList(new GraphQLNonNull(single)) : single)
    })
  }

  private make(name: string, scalar: string, operators: readonly ComparisonOperator[], value: GraphQLInputType): GraphQLInputObjectType {
    return new GraphQLInputObjectType({
      name,
      description: `Boolean expression to compare columns of type "${scalar}". All fields are combined with logical 'AND'.`,
      fields: () => {
        const fields: InputFields = {}
        for (const { name: key, takes, description } of operators)
          fields[key] = () => ({ type: this.rightSide(takes, value), ...(description === undefined ? {} : { description }) })
        return this.types.fields(fields)
      },
    })
  }

  private rightSide(takes: ComparisonOperator['takes'], value: GraphQLInputType): GraphQLInputType {
    if (takes === 'value') return value
    if (takes === 'values') return new GraphQLList(new GraphQLNonNull(value))
    const name = takes.slice(takes.indexOf(':') + 1)
    if (takes.startsWith('scalars:')) return new GraphQLList(new GraphQLNonNull(this.types.scalar(name)))
    return takes.startsWith('scalar:') ? this.types.scalar(name) : this.input(name)
  }

  private input(name: string): GraphQLInputObjectType {
    return this.types.named(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          ...(name.endsWith('_cast_exp')
            ? {
                description: `Expression to compare the result of casting a column of type ${name.slice(0, -'_cast_exp'.length)}. Multiple cast targets are combined with logical 'AND'.`,
              }
            : {}),
          fields: () => this.types.fields(this.inputFields(name)),
        }),
    )
  }

  private inputFields(name: string): InputFields {
    const required = (scalar: string) => ({ type: new GraphQLNonNull(this.types.scalar(scalar)) })
    switch (name) {
      case 'jsonb_cast_exp':
        return { String: () => ({ type: this.byScalar('String', 'text') }) }
      case 'geometry_cast_exp':
        return { geography: () => ({ type: this.byScalar('geography', 'geography') }) }
      case 'geography_cast_exp':
        return { geometry: () => ({ type: this.byScalar('geometry', 'geometry') }) }
      case 'st_d_within_input':
        return { distance: required('Float'), from: required('geometry') }
      case 'st_d_within_geography_input':
        return {
          distance: required('Float'),
          from: required('geography'),
          use_spheroid: () => ({ type: this.types.scalar('Boolean'), defaultValue: true }),
        }
      case 'st_intersects_nband_geom_input':
        return { nband: required('Int'), geommin: required('geometry') }
      case 'st_intersects_geom_nband_input':
        return { geommin: required('geometry'), nband: () => ({ type: this.types.scalar('Int') }) }
      default:
        throw new TypeError(`no input type is called ${name}`)
    }
  }
}
