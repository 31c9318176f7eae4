// Filters: `[not.]operator[(modifier)].value`, and the logic trees of `and=` and `or=`.
import type { Operator } from '#libs/query'
import { restError } from '../rest.errors.ts'
import { Scanner } from './scanner.ts'
import { parseFieldName } from './select.ts'
import type { FilterExpression, LogicTree } from './syntax.ts'

/** Limits of one request's conditions. */
export const FILTER_LIMITS = { depth: 24, conditions: 500 } as const

/** Operators as the dialect writes them. */
const operators: Readonly<Record<string, Operator | 'is'>> = {
  eq: 'eq',
  neq: 'neq',
  gt: 'gt',
  gte: 'gte',
  lt: 'lt',
  lte: 'lte',
  like: 'like',
  ilike: 'ilike',
  match: 'match',
  imatch: 'imatch',
  in: 'in',
  is: 'is',
  isdistinct: 'is_distinct',
  fts: 'fts',
  plfts: 'plfts',
  phfts: 'phfts',
  wfts: 'wfts',
  cs: 'contains',
  cd: 'contained_by',
  ov: 'overlaps',
  sl: 'strictly_left',
  sr: 'strictly_right',
  nxr: 'not_right_of',
  nxl: 'not_left_of',
  adj: 'adjacent',
}
const quantifiable: ReadonlySet<string> = new Set(['eq', 'like', 'ilike', 'gt', 'gte', 'lt', 'lte', 'match', 'imatch'])
const textSearch: ReadonlySet<string> = new Set(['fts', 'plfts', 'phfts', 'wfts'])

/** Operators whose value may be abstracted out of a plan: the text before the value says everything about the SQL. */
export const abstractable: ReadonlySet<string> = new Set(Object.keys(operators).filter((operator) => operator !== 'is'))

/** Does the text begin like a filter? Tells filters from arguments in a function call's query string. */
export function looksLikeFilter(text: string): boolean {
  const match = /^(?:not\.)?([a-z]+)(?:\([^)]*\))?\./.exec(text)
  return match !== null && Object.hasOwn(operators, match[1]!)
}

/** Parses `not.eq.5`. With `slot`, the value is marked as one that the plan's cache fills in. */
export function parseFilter(text: string, slot?: number): FilterExpression {
  const scanner = new Scanner(text, 'filter')
  const head = parseOperator(scanner)
  const value = scanner.rest()
  if (head.operator === 'in') listValue(value)
  return { ...head, value: { text: value, slot } }
}

function parseOperator(scanner: Scanner): Omit<FilterExpression, 'value'> {
  const negated = scanner.take('not.')
  const start = scanner.position
  const word = scanner.until('.(')
  const operator = Object.hasOwn(operators, word) ? operators[word] : undefined
  if (operator === undefined) {
    scanner.position = start
    scanner.fail('"not" or operator (eq, gt, ...)')
  }
  let quantifier: 'any' | 'all' | undefined
  let config: string | undefined
  if (scanner.take('(')) {
    const modifier = scanner.until(')')
    scanner.expect(')')
    if (quantifiable.has(word) && (modifier === 'any' || modifier === 'all')) quantifier = modifier
    else if (textSearch.has(word) && modifier !== '') config = modifier
    else scanner.fail('"."')
  }
  scanner.expect('.')
  return { negated, operator, quantifier, config }
}

/** Parses the value of `and=`, `or=`: `(a.eq.1,or(b.gt.2,c.is.null))`. */
export function parseLogic(kind: 'and' | 'or', negated: boolean, text: string): LogicTree {
  const scanner = new Scanner(text, 'logic tree')
  const count = { conditions: 0 }
  const tree = parseGroup(scanner, kind, negated, count, 0)
  scanner.skipBlanks()
  if (!scanner.atEnd) scanner.fail('end of input')
  return tree
}

function parseGroup(scanner: Scanner, kind: 'and' | 'or', negated: boolean, count: { conditions: number }, depth: number): LogicTree {
  if (depth > FILTER_LIMITS.depth) throw restError('too_complex', { limit: FILTER_LIMITS.depth, what: 'levels of conditions' })
  scanner.skipBlanks()
  scanner.expect('(')
  const items: LogicTree[] = []
  do items.push(parseCondition(scanner, count, depth))
  while (scanner.take(','))
  scanner.skipBlanks()
  scanner.expect(')')
  return { kind, negated, items }
}

function parseCondition(scanner: Scanner, count: { conditions: number }, depth: number): LogicTree {
  if (++count.conditions > FILTER_LIMITS.conditions) throw restError('too_complex', { limit: FILTER_LIMITS.conditions, what: 'conditions' })
  scanner.skipBlanks()
  const group = /^(not\.)?(and|or)\s*\(/.exec(scanner.text.slice(scanner.position))
  if (group !== null) {
    scanner.position += group[0].length - 1
    return parseGroup(scanner, group[2] as 'and' | 'or', group[1] !== undefined, count, depth + 1)
  }
  const field = parseFieldName(scanner)
  scanner.expect('.')
  const head = parseOperator(scanner)
  const text = head.operator === 'in' ? parenthesised(scanner) : logicValue(scanner)
  return { kind: 'filter', field, expression: { ...head, value: { text } } }
}

/** `(a,"b)",c)` with its parentheses: quotes decide where it ends. */
function parenthesised(scanner: Scanner): string {
  const start = scanner.position
  scanner.expect('(')
  while (!scanner.atEnd && !scanner.peek(')')) {
    if (scanner.peek('"')) scanner.quoted()
    else scanner.position++
  }
  scanner.expect(')')
  return scanner.text.slice(start, scanner.position)
}

/** A value inside a logic tree: quoted, an array literal in braces, or anything up to the next `,` or `)`. */
function logicValue(scanner: Scanner): string {
  if (scanner.peek('"')) return scanner.quoted()
  if (!scanner.peek('{') && !scanner.peek('[')) return scanner.until(',)')
  const [open, close] = scanner.peek('{') ? ['{', '}'] : ['[', ')]']
  const start = scanner.position
  let depth = 0
  while (!scanner.atEnd) {
    if (scanner.peek('"')) {
      scanner.quoted()
      continue
    }
    const char = scanner.text[scanner.position++]!
    if (char === open) depth++
    else if (close.includes(char) && --depth === 0) break
  }
  return scanner.text.slice(start, scanner.position)
}

/** `(1,"a,b",c)` -> the items. */
export function listValue(text: string): string[] {
  const scanner = new Scanner(text, 'filter')
  scanner.expect('(')
  const items: string[] = []
  if (scanner.take(')')) return endOfList(scanner, items)
  do {
    const start = scanner.position
    if (scanner.peek('"')) {
      const quoted = scanner.quoted()
      if (scanner.peek(',') || scanner.peek(')')) {
        items.push(quoted)
        continue
      }
      scanner.position = start
    }
    items.push(scanner.until(',)'))
  } while (scanner.take(','))
  scanner.expect(')')
  return endOfList(scanner, items)
}

function endOfList(scanner: Scanner, items: string[]): string[] {
  if (!scanner.atEnd) scanner.fail('end of input')
  return items
}

/** Items as a Postgres array literal. */
export function arrayLiteral(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
