// Functions in a document: arguments, computed fields of a row, root fields.
import type { ComputedColumn, FunctionArgument, Relation } from '#libs/catalog'
import type { CallNode, FilterNode, FunctionArgumentValue, RelationshipLink, ValueNode } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import type { FunctionModel, TableModel } from '../../model/role-model.ts'
import { primaryKeyOf } from '../../model/view-keys.ts'
import type { Input } from '../inputs.ts'
import { parameter, sessionParameter, textFor } from '../parameters.ts'
import type { Planning } from '../planning.ts'

/** A computed scalar without arguments, as a column. */
export function computedColumnOf({ name, function: fn }: FunctionModel): ComputedColumn {
  return { kind: 'computed', name, type: fn.returnType, function: fn, comment: fn.comment }
}

/** Rows that a function computes from a row, as a relationship. */
export function computedLinkOf(
  table: TableModel,
  { function: fn, isSet }: FunctionModel,
  target: TableModel,
  given: readonly FunctionArgumentValue[],
): RelationshipLink {
  return {
    source: table.relation,
    target: target.relation,
    cardinality: isSet ? 'to_many' : 'to_one',
    columns: [],
    targetColumns: [],
    function: fn,
    ...(given.length === 0 ? {} : { arguments: given }),
  }
}

/**
 * The arguments of a call in the function's own order. What is left out gets its default, or null when it has none
 * (Hasura's rule). Unnamed ones go by position, and so does everything before them; all do where a VARIADIC one gets its
 * default, because Postgres finds no such function by names.
 */
export function functionArguments(planning: Planning, model: FunctionModel, input: Input | undefined, typeName: string, location: string) {
  const given = input === undefined ? new Map<string, Input>() : new Map(planning.inputs.entries(input, typeName, location))
  const names = new Map([...model.arguments].map(([name, argument]) => [argument, name]))
  const values: (readonly [argument: FunctionArgument, value: ValueNode])[] = []
  const wanted = model.function.arguments.filter((argument) => argument !== model.row)
  const isLeftOut = (argument: FunctionArgument) =>
    argument !== model.session && argument.hasDefault && planning.inputs.isAbsent(given.get(names.get(argument) ?? ''))
  const isPositional = wanted.some((argument) => argument.mode === 'variadic' && isLeftOut(argument))
  const lastUnnamed = wanted.findLastIndex((argument) => (isPositional || argument.name === '') && !isLeftOut(argument))
  wanted.forEach((argument, i) => {
    const name = names.get(argument) ?? argument.name
    const value = argumentValue(planning, model, argument, given.get(name), `${location}.${name}`)
    if (value !== undefined) values.push([argument, value])
    else if (i < lastUnnamed)
      throw validationFailed(`the argument '${name}' must be given, because one that goes by position follows it`, location)
  })
  return values.map(([argument, value]): FunctionArgumentValue & { readonly variadic?: boolean } => ({
    name: wanted.indexOf(argument) <= lastUnnamed ? null : argument.name,
    value,
    ...(argument.mode === 'variadic' ? { variadic: true } : {}),
  }))
}

function argumentValue(
  planning: Planning,
  model: FunctionModel,
  argument: FunctionArgument,
  input: Input | undefined,
  location: string,
): ValueNode | undefined {
  if (argument === model.session) return sessionParameter(argument.type)
  if (input === undefined || planning.inputs.isAbsent(input))
    return argument.hasDefault ? undefined : { kind: 'value', value: null, type: argument.type }
  return parameter(planning.inputs.template(input), textFor(argument.type, location), argument.type, planning.variables)
}

/** A call at the root; `read` shapes its rows, of values there are `valuesMax` at most. */
export function callOf(
  model: FunctionModel,
  given: ReturnType<typeof functionArguments>,
  read: CallNode['read'],
  valuesMax?: CallNode['valuesMax'],
): CallNode {
  return {
    kind: 'call',
    function: model.function,
    arguments: given.map(({ name, value, variadic }) => ({ name: name ?? '', value, ...(variadic === true ? { variadic } : {}) })),
    read,
    valuesMax,
  }
}

/** A function of one row that finds nothing gives a row of nulls, which only the key tells from one that is there. */
export function rowIsThere(relation: Relation): FilterNode | undefined {
  const [key] = primaryKeyOf(relation)?.columns ?? []
  const column = key === undefined ? undefined : relation.columnsByName.get(key)
  return column === undefined ? undefined : { kind: 'is', operand: { kind: 'operand', column }, what: 'not_null' }
}
