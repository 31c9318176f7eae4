// `[not.]operator[(modifier)].`: what stands before a filter's value.
import type { Operator } from '#libs/query'
import { Scanner } from './scanner.ts'
import type { FilterExpression } from './syntax.ts'

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
const words = Object.keys(operators).toSorted((a, b) => b.length - a.length)
const quantifiable: ReadonlySet<string> = new Set(['eq', 'like', 'ilike', 'gt', 'gte', 'lt', 'lte', 'match', 'imatch'])
const textSearch: ReadonlySet<string> = new Set(['fts', 'plfts', 'phfts', 'wfts'])
const CONFIG_NAME = /[\p{L}\p{M}\p{N}_$ ]+/uy
/** Most operators have no modifier. */
const PLAIN_OPERATOR = /[a-z]+(?=\.)/y
const OPERATOR = 'operator (eq, gt, ...)'

/** Operators whose value may be abstracted out of a plan: the text before the value says everything about the SQL. */
export const abstractable: ReadonlySet<string> = new Set(words.filter((operator) => operator !== 'is'))

/** Does the text begin like a filter? Tells filters from arguments in a function call's query string. */
export function looksLikeFilter(text: string): boolean {
  const match = /^(?:not\.)?([a-z]+)(?:\([^)]*\))?\./.exec(text)
  return match !== null && Object.hasOwn(operators, match[1]!)
}

/** Reads up to the value. */
export function parseOperator(scanner: Scanner): Omit<FilterExpression, 'value'> {
  const start = scanner.position
  const negated = scanner.take('not.')
  const from = scanner.position
  const plain = scanner.match(PLAIN_OPERATOR)
  if (Object.hasOwn(operators, plain)) {
    scanner.position++
    return { negated, operator: operators[plain]! }
  }
  scanner.position = from
  // The furthest place that any operator's reading came to is the one that a fault names.
  let furthest = from
  for (const word of words) {
    if (!scanner.take(word)) continue
    const modifier = parseModifier(scanner, word)
    if (scanner.take('.')) return { negated, operator: operators[word]!, ...modifier }
    furthest = Math.max(furthest, modifier.reached)
    scanner.position = from
  }
  scanner.position = furthest
  if (furthest > from) return scanner.fail([OPERATOR])
  if (negated) return scanner.fail([OPERATOR])
  const differing = scanner.differing('not', start)
  if (differing < start + 3) return scanner.fail(['"not"', OPERATOR], differing)
  scanner.position = start + 3
  return scanner.fail(['delimiter (.)'])
}

type Modifier = Pick<FilterExpression, 'quantifier' | 'config'> & { readonly reached: number }

/** `(any)`, `(all)` or `(config)`, where the operator may have one; `reached` is where the reading got stuck otherwise. */
function parseModifier(scanner: Scanner, word: string): Modifier {
  const start = scanner.position
  const none: Modifier = { reached: start }
  if (!(quantifiable.has(word) || textSearch.has(word)) || !scanner.take('(')) return none
  const modifier = textSearch.has(word) ? scanner.match(CONFIG_NAME) : scanner.take('any') ? 'any' : scanner.take('all') ? 'all' : ''
  const reached = scanner.position
  if (modifier === '' || !scanner.take(')')) {
    scanner.position = start
    return { reached }
  }
  if (textSearch.has(word)) return { config: modifier.trim(), reached: scanner.position }
  return { quantifier: modifier as 'any' | 'all', reached: scanner.position }
}
