// Operators between two sides: one table says what each is in SQL.
import type { FilterNode, Operator } from '../tree.ts'
import { keyword } from './keywords.ts'
import type { Statement } from './statement.ts'

type Compare = Extract<FilterNode, { kind: 'compare' }>

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
  ancestor: '@>',
  descendant: '<@',
  ltree_match: '~',
  ltree_match_any: '?',
  ltree_match_fulltext: '@',
}

/** `left <operator> $n`, with an operator that stands between its sides. */
export function infixOf(statement: Statement, left: string, test: Pick<Compare, 'operator' | 'value' | 'quantifier'>): string {
  if (test.operator === 'in') return `${left} = any(${statement.value(test.value)})`
  const operator = Object.hasOwn(infix, test.operator) ? infix[test.operator] : undefined
  if (operator === undefined) throw new TypeError(`unknown operator ${test.operator}`)
  const value = statement.value(test.value)
  return `${left} ${operator} ${test.quantifier === undefined ? value : `${keyword(test.quantifier, ['any', 'all'])}(${value})`}`
}
