// `<Scalar>_comparison_exp` to conditions: what each operator of schema/operators.ts does.
import { baseType } from '#libs/query'
import type { FilterNode, Operator } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import { isArrayType, scalarName } from '../../model/names.ts'
import { textType } from '../built-in-types.ts'
import { type Comparand, comparand, type Comparison, siblingType, valueOf } from './comparand.ts'
import type { Input } from '../inputs.ts'
import { arrayText, asItems, listTextFor, plainText, textFor } from '../parameters.ts'
import type { Planning } from '../planning.ts'
import { spatialOf } from './spatial.ts'

type Compare = (context: Comparison) => FilterNode

/** The condition of a comparison expression: all of its operators hold. */
export function comparisonOf(planning: Planning, left: Comparand, input: Input, location: string): FilterNode {
  const items = planning.inputs.entries(input, left.typeName, location).map(([key, value]) => {
    const at = `${location}.${key}`
    const compare = Object.hasOwn(operators, key) ? operators[key] : undefined
    if (compare === undefined) throw validationFailed(`field '${key}' not found in type: '${left.typeName}'`, at)
    if (planning.inputs.isNull(value)) throw validationFailed(`unexpected null value for type '${scalarName(left.type)}'`, at)
    return compare({ planning, left, input: value, location: at })
  })
  return items.length === 1 ? items[0]! : { kind: 'and', items }
}

function plain(operator: Operator): Compare {
  return (context) => {
    const { left, location } = context
    const value = valueOf(context, textFor(left.type, location), left.type)
    return { kind: 'compare', operand: left.operand, operator, value }
  }
}

/** A pattern: text, except beside citext, where a pattern of type text would heed the case. */
function pattern(operator: Operator): Compare {
  return (context) => {
    const { operand, type } = context.left
    const value = valueOf(context, plainText, baseType(type).name === 'citext' ? type : 'text')
    return { kind: 'compare', operand, operator, value }
  }
}

function onText(operator: Operator, type: string): Compare {
  return (context) => ({ kind: 'compare', operand: context.left.operand, operator, value: valueOf(context, plainText, type) })
}

/** A type of the extension that the column's type comes from. */
function onSibling(operator: Operator, name: string): Compare {
  return (context) => {
    const { operand, type } = context.left
    return { kind: 'compare', operand, operator, value: valueOf(context, plainText, siblingType(type, name)) }
  }
}

function onSiblings(operator: Operator, name: string, quantifier?: 'any'): Compare {
  return (context) => {
    const { operand, type } = context.left
    const value = valueOf(context, textsOf, siblingType(type, name))
    return { kind: 'compare', operand, operator, value, ...(quantifier === undefined ? {} : { quantifier }) }
  }
}

function textsOf(value: unknown): string {
  return arrayText(asItems(value), plainText)
}

function not(compare: Compare): Compare {
  return (context) => ({ kind: 'not', item: compare(context) })
}

/** `= any(array)` or `<> all(array)`; the array's type is the column's, found by Postgres. */
function inList(negated: boolean): Compare {
  return (context) => {
    const { operand, type } = context.left
    if (isArrayType(type) || baseType(type).kind === 'composite')
      return negated ? { kind: 'not', item: oneByOne(context) } : oneByOne(context)
    const value = valueOf(context, listTextFor(type, context.location))
    return negated
      ? { kind: 'compare', operand, operator: 'neq', quantifier: 'all', value }
      : { kind: 'compare', operand, operator: 'in', value }
  }
}

/**
 * There are no arrays of arrays, and beside a composite column an array without a cast is one of any records: each value is
 * compared by itself, so the plan depends on how many there are.
 */
function oneByOne({ planning, left, input, location }: Comparison): FilterNode {
  const { inputs } = planning
  if (input.kind === 'variable' && input.path !== undefined) planning.literalVariables.add(String(input.path[0]))
  const items = inputs.items(input).map((item, i) => {
    if (inputs.isNull(item)) throw validationFailed(`unexpected null value for type '${scalarName(left.type)}'`, `${location}[${i}]`)
    return plain('eq')({ planning, left, input: item, location: `${location}[${i}]` })
  })
  return { kind: 'or', items }
}

/** `{String: {…}}`, `{geography: {…}}`: comparisons of the column cast to that type. */
function cast({ planning, left, input, location }: Comparison): FilterNode {
  const items = planning.inputs.entries(input, `${scalarName(left.type)}_cast_exp`, location).map(([target, comparison]) => {
    const at = `${location}.${target}`
    const type = target === 'String' ? textType : siblingType(left.type, target)
    return comparisonOf(planning, comparand({ ...left.operand, cast: type }, type), comparison, at)
  })
  return items.length === 1 ? items[0]! : { kind: 'and', items }
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
  _is_null: ({ planning, left, input }) => ({
    kind: 'is',
    operand: left.operand,
    what: planning.inputs.flag(input) ? 'null' : 'not_null',
  }),
  _like: pattern('like'),
  _nlike: not(pattern('like')),
  _ilike: pattern('ilike'),
  _nilike: not(pattern('ilike')),
  _similar: pattern('similar'),
  _nsimilar: not(pattern('similar')),
  _regex: pattern('match'),
  _iregex: pattern('imatch'),
  _nregex: not(pattern('match')),
  _niregex: not(pattern('imatch')),
  _contains: plain('contains'),
  _contained_in: plain('contained_by'),
  _overlaps: plain('overlaps'),
  _strictly_left: plain('strictly_left'),
  _strictly_right: plain('strictly_right'),
  _not_right: plain('not_right_of'),
  _not_left: plain('not_left_of'),
  _adjacent: plain('adjacent'),
  _has_key: onText('has_key', 'text'),
  _has_keys_any: (context) => ({
    kind: 'compare',
    operand: context.left.operand,
    operator: 'has_any_key',
    value: valueOf(context, textsOf, 'text[]'),
  }),
  _has_keys_all: (context) => ({
    kind: 'compare',
    operand: context.left.operand,
    operator: 'has_all_keys',
    value: valueOf(context, textsOf, 'text[]'),
  }),
  _ancestor: plain('ancestor'),
  _ancestor_any: onSiblings('ancestor', '_ltree', 'any'),
  _descendant: plain('descendant'),
  _descendant_any: onSiblings('descendant', '_ltree', 'any'),
  _matches: onSibling('ltree_match', 'lquery'),
  _matches_any: onSiblings('ltree_match_any', '_lquery'),
  _matches_fulltext: onSibling('ltree_match_fulltext', 'ltxtquery'),
  _cast: cast,
  _st_contains: spatialOf('st_contains'),
  _st_crosses: spatialOf('st_crosses'),
  _st_equals: spatialOf('st_equals'),
  _st_overlaps: spatialOf('st_overlaps'),
  _st_touches: spatialOf('st_touches'),
  _st_within: spatialOf('st_within'),
  _st_intersects: spatialOf('st_intersects'),
  _st_3d_intersects: spatialOf('st_3dintersects'),
  _st_d_within: spatialOf('st_dwithin', ['from', 'distance', 'use_spheroid']),
  _st_3d_d_within: spatialOf('st_3ddwithin', ['from', 'distance']),
  _st_intersects_rast: spatialOf('st_intersects'),
  _st_intersects_nband_geom: spatialOf('st_intersects', ['nband', 'geommin']),
  _st_intersects_geom_nband: spatialOf('st_intersects', ['geommin', 'nband']),
}

/** Names of all operators, for the test that holds them equal to the schema's. */
export const operatorNames: readonly string[] = Object.keys(operators)
