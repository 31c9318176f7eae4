// Conditions. One table says what each operator is in SQL; values are always parameters.
import type { FilterNode, Operand, Operator } from '../tree.ts'
import { reach } from './links.ts'
import { operandOf } from './operands.ts'
import { sliceOf } from './slices.ts'
import { typeName, type Statement } from './statement.ts'

const infix: Readonly<Partial<Record<Operator, string>>> = {
  eq: '=',
  neq: '<>',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  like: 'like',
  ilike: 'ilike',
  match: '~',
  imatch: '~*',
  similar: 'similar to',
  is_distinct: 'is distinct from',
  contains: '@>',
  contained_by: '<@',
  overlaps: '&&',
  strictly_left: '<<',
  strictly_right: '>>',
  not_right_of: '&<',
  not_left_of: '&>',
  adjacent: '-|-',
  has_key: '?',
  has_any_key: '?|',
  has_all_keys: '?&',
}

const textSearch: Readonly<Partial<Record<Operator, string>>> = {
  fts: 'to_tsquery',
  plfts: 'plainto_tsquery',
  phfts: 'phraseto_tsquery',
  wfts: 'websearch_to_tsquery',
}

type Compare = Extract<FilterNode, { kind: 'compare' }>

/** A filter as a boolean expression over `alias`. */
export function filterOf(statement: Statement, filter: FilterNode, alias: string): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      // An empty conjunction holds, an empty disjunction does not.
      if (filter.items.length === 0) return filter.kind === 'and' ? 'true' : 'false'
      return `(${filter.items.map((item) => filterOf(statement, item, alias)).join(` ${filter.kind} `)})`
    case 'not':
      return `not (${filterOf(statement, filter.item, alias)})`
    case 'is':
      return `${operandOf(statement, filter.operand, alias, filterOf)} is ${filter.what === 'not_null' ? 'not null' : filter.what}`
    case 'exists': {
      const target = statement.alias()
      const { from, where } = reach(statement, filter.link, alias, target)
      const conditions = where === undefined ? [] : [where]
      if (filter.filter !== undefined) conditions.push(filterOf(statement, filter.filter, target))
      const matching = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
      return `exists (select ${filter.aggregated ? 'count(*)' : '1'} from ${from}${matching}${sliceOf(statement, filter)})`
    }
    case 'compare':
      return compareOf(statement, filter, alias)
  }
}

function compareOf(statement: Statement, filter: Compare, alias: string): string {
  const left = operandOf(statement, filter.operand, alias, filterOf)
  if (filter.operator === 'in') return `${left} = any(${statement.value(filter.value)})`
  const query = textSearch[filter.operator]
  if (query !== undefined) return textSearchOf(statement, filter, left, query)
  const operator = infix[filter.operator]
  if (operator === undefined) throw new TypeError(`unknown operator ${filter.operator}`)
  const value = statement.value(filter.value)
  return `${left} ${operator} ${filter.quantifier === undefined ? value : `${filter.quantifier}(${value})`}`
}

function textSearchOf(statement: Statement, filter: Compare, left: string, query: string): string {
  const config = filter.config === undefined ? '' : `${statement.value({ kind: 'value', value: filter.config, type: 'regconfig' })}, `
  const vector = isTextSearchVector(filter.operand) ? left : `to_tsvector(${config}${left})`
  return `${vector} @@ ${query}(${config}${statement.value(filter.value)})`
}

function isTextSearchVector(operand: Operand): boolean {
  return operand.jsonPath === undefined && typeName(operand.column.type) === '"pg_catalog"."tsvector"'
}
