// The left side of comparisons, and the parameters beside it.
import { baseType } from '#libs/query'
import type { DataType } from '#libs/catalog'
import type { Operand, ValueNode } from '#libs/query'
import { isArrayType, scalarName } from '../../model/names.ts'
import type { Input } from '../inputs.ts'
import { parameter, type ToText } from '../parameters.ts'
import type { Planning } from '../planning.ts'

/** The left side of comparisons: what is looked at, and how values beside it are written. */
export interface Comparand {
  readonly operand: Operand
  /** The type of what is looked at. */
  readonly type: DataType
  /** The name of the comparison expression's type, for errors. */
  readonly typeName: string
}

/** A column, a computed column or anything else of that type. */
export function comparand(operand: Operand, type: DataType, enumName?: string): Comparand {
  const array = isArrayType(type) ? '_array' : ''
  return { operand, type, typeName: enumName === undefined ? `${scalarName(type)}${array}_comparison_exp` : `${enumName}_comparison_exp` }
}

/** One operator being planned. */
export interface Comparison {
  readonly planning: Planning
  readonly left: Comparand
  readonly input: Input
  readonly location: string
}

/** A parameter of any type out of an input. */
export function valueOf({ planning, input }: Pick<Comparison, 'planning' | 'input'>, convert: ToText, type?: DataType | string): ValueNode {
  return parameter(planning.inputs.template(input), convert, type, planning.variables)
}

/** A type made by the same extension, so in the same schema. */
export function siblingType(type: DataType, name: string): DataType {
  const { schema, oid } = baseType(type)
  return { oid, schema, name, formatted: name, kind: 'base', category: 'U' }
}
