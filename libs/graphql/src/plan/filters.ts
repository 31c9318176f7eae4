// `where`: T_bool_exp to conditions. Everything in one object is joined by AND.
import type { Column } from '#libs/catalog'
import type { FilterNode, Operand, Operator, ValueNode } from '#libs/query'
import { validationFailed } from '../graphql.errors.ts'
import { scalarName } from '../model/names.ts'
import type { TableModel } from '../model/role-model.ts'
import type { Input } from './inputs.ts'
import { arrayText, listTextFor, parameter, plainText, textFor } from './parameters.ts'
import type { Planning } from './planning.ts'

/** The condition of a T_bool_exp. `{}` is true. */
export function filterOf(planning: Planning, table: TableModel, input: Input, location: string): FilterNode {
  const entries = planning.inputs.entries(input, `${table.name}_bool_exp`, location)
  const items = entries.map(([key, value]) => entryOf(planning, table, key, value, `${location}.${key}`))
  return items.length === 1 ? items[0]! : { kind: 'and', items }
}

function entryOf(planning: Planning, table: TableModel, key: string, value: Input, location: string): FilterNode {
  if (key === '_and' || key === '_or') {
    // A variable that was not given must not open a filter: it counts as null, and null is refused.
    if (planning.inputs.isNull(value)) throw validationFailed(`expected a list for type '${table.name}_bool_exp', but found null`, location)
    const items = planning.inputs.items(value).map((item, i) => filterOf(planning, table, item, `${location}[${i}]`))
    return { kind: key === '_and' ? 'and' : 'or', items }
  }
  if (key === '_not') return { kind: 'not', item: filterOf(planning, table, value, location) }
  const column = table.columns.get(key)
  if (column !== undefined) return comparisonOf(planning, column, value, location)
  const relationship = table.relationships.get(key)
  if (relationship !== undefined) {
    planning.spend(1, location)
    return { kind: 'exists', link: relationship.link, filter: filterOf(planning, relationship.target, value, location) }
  }
  throw validationFailed(`field '${key}' not found in type: '${table.name}_bool_exp'`, location)
}

type Compare = (context: Comparison) => FilterNode

interface Comparison {
  readonly planning: Planning
  readonly operand: Operand
  readonly input: Input
  readonly location: string
}

function comparisonOf(planning: Planning, column: Column, input: Input, location: string): FilterNode {
  const typeName = `${scalarName(column.type)}_comparison_exp`
  const operand: Operand = { kind: 'operand', column }
  const items = planning.inputs.entries(input, typeName, location).map(([key, value]) => {
    const compare = operators[key]
    if (compare === undefined) throw validationFailed(`field '${key}' not found in type: '${typeName}'`, `${location}.${key}`)
    if (planning.inputs.isNull(value))
      throw validationFailed(`unexpected null value for type '${scalarName(column.type)}'`, `${location}.${key}`)
    return compare({ planning, operand, input: value, location: `${location}.${key}` })
  })
  return items.length === 1 ? items[0]! : { kind: 'and', items }
}

function valueOf({ planning, operand, input, location }: Comparison): ValueNode {
  const { type } = operand.column
  return parameter(planning.inputs.template(input), textFor(type, location), type, planning.variables)
}

function plain(operator: Operator): Compare {
  return (context) => ({ kind: 'compare', operand: context.operand, operator, value: valueOf(context) })
}

/** An operator whose right side is text, whatever the column is. */
function onText(operator: Operator, type: string): Compare {
  return ({ planning, operand, input }) => {
    const value = parameter(planning.inputs.template(input), plainText, type, planning.variables)
    return { kind: 'compare', operand, operator, value }
  }
}

function onTexts(operator: Operator): Compare {
  const convert = (value: unknown) => arrayText(Array.isArray(value) ? value : [value], plainText)
  return ({ planning, operand, input }) => {
    const value = parameter(planning.inputs.template(input), convert, 'text[]', planning.variables)
    return { kind: 'compare', operand, operator, value }
  }
}

function not(compare: Compare): Compare {
  return (context) => ({ kind: 'not', item: compare(context) })
}

/** `= any(array)` or `<> all(array)`; the array's type is the column's, found by Postgres. */
function inList(negated: boolean): Compare {
  return ({ planning, operand, input, location }) => {
    const value = parameter(planning.inputs.template(input), listTextFor(operand.column.type, location), undefined, planning.variables)
    return negated
      ? { kind: 'compare', operand, operator: 'neq', quantifier: 'all', value }
      : { kind: 'compare', operand, operator: 'in', value }
  }
}

const operators: Readonly<Record<string, Compare>> = {
  _eq: plain('eq'),
  _neq: plain('neq'),
  _gt: plain('gt'),
  _gte: plain('gte'),
  _lt: plain('lt'),
  _lte: plain('lte'),
  _in: inList(false),
  _nin: inList(true),
  _is_null: ({ planning, operand, input }) => ({ kind: 'is', operand, what: planning.inputs.flag(input) ? 'null' : 'not_null' }),
  _like: onText('like', 'text'),
  _nlike: not(onText('like', 'text')),
  _ilike: onText('ilike', 'text'),
  _nilike: not(onText('ilike', 'text')),
  _similar: onText('similar', 'text'),
  _nsimilar: not(onText('similar', 'text')),
  _regex: onText('match', 'text'),
  _iregex: onText('imatch', 'text'),
  _nregex: not(onText('match', 'text')),
  _niregex: not(onText('imatch', 'text')),
  _contains: plain('contains'),
  _contained_in: plain('contained_by'),
  _has_key: onText('has_key', 'text'),
  _has_keys_any: onTexts('has_any_key'),
  _has_keys_all: onTexts('has_all_keys'),
}
