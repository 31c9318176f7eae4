// PostGIS' predicates: the right side is a geometry, or an input object with one and further arguments.
import { baseType } from '#libs/query'
import type { DataType } from '#libs/catalog'
import type { FilterNode, ValueNode } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import { scalarName } from '../../model/names.ts'
import { type Comparison, siblingType, valueOf } from './comparand.ts'
import type { Input } from '../inputs.ts'
import { plainText, textFor } from '../parameters.ts'

type SpatialFunction = Extract<FilterNode, { kind: 'spatial' }>['function']

/** Arguments that are no geometry, and their types. */
const argumentTypes: Readonly<Record<string, string>> = { distance: 'float8', nband: 'int4', use_spheroid: 'bool' }

/** `names`: the keys of the input object in the order of the function's arguments; without them the value itself is the argument. */
export function spatialOf(fn: SpatialFunction, names?: readonly string[]): (comparison: Comparison) => FilterNode {
  return (comparison) => {
    const { planning, left, input, location } = comparison
    if (names === undefined) {
      const value = valueOf(comparison, textFor(left.type, location), left.type)
      return { kind: 'spatial', operand: left.operand, function: fn, arguments: [value] }
    }
    const given = new Map(
      planning.inputs.entries(input, inputName(left.type, fn), location).filter(([, value]) => !planning.inputs.isAbsent(value)),
    )
    const values = names.flatMap((name): ValueNode[] => {
      const value = given.get(name)
      return value === undefined ? [] : [argumentOf(comparison, name, value)]
    })
    return { kind: 'spatial', operand: left.operand, function: fn, arguments: values }
  }
}

function argumentOf({ planning, left, location }: Comparison, name: string, input: Input): ValueNode {
  const at = `${location}.${name}`
  const type = argumentTypes[name]
  if (planning.inputs.isNull(input)) throw validationFailed(`unexpected null value for type '${type ?? 'geometry'}'`, at)
  if (type !== undefined) return valueOf({ planning, input }, plainText, type)
  // Beside a raster stands a geometry, beside anything else one of its own type.
  const geometry: DataType = baseType(left.type).name === 'raster' ? siblingType(left.type, 'geometry') : left.type
  return valueOf({ planning, input }, textFor(geometry, at), geometry)
}

function inputName(type: DataType, fn: SpatialFunction): string {
  const scalar = scalarName(type)
  if (scalar === 'geography') return 'st_d_within_geography_input'
  return scalar === 'raster' ? `${fn}_input` : 'st_d_within_input'
}
