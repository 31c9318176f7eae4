// Filters: `[not.]operator[(modifier)].value`, and the logic trees of `and=` and `or=`.
import { restError } from '../rest.errors.ts'
import { parseOperator } from './operators.ts'
import { END, FIELD_NAME, NAME_GOES_ON, Scanner } from './scanner.ts'
import { parseFieldName } from './select.ts'
import type { FieldName, FilterExpression, LogicTree } from './syntax.ts'

/** Limits of one request's conditions. */
export const FILTER_LIMITS = { depth: 24, conditions: 500 } as const

const NEXT = ['","', '")"'] as const
const LOGIC_OPERATOR = 'logic operator (and, or)'
const isWords = ['not_null', 'null', 'true', 'false', 'unknown'] as const

/** Parses `not.eq.5`. With `slot`, the value is marked as one that the plan's cache fills in. */
export function parseFilter(text: string, slot?: number): FilterExpression {
  const scanner = new Scanner(text, 'filter')
  const head = parseOperator(scanner)
  if (head.operator === 'is') {
    const word = parseIsWord(scanner)
    if (!scanner.atEnd) scanner.fail([END])
    return { ...head, value: { text: word } }
  }
  const start = scanner.position
  if (head.operator === 'in') {
    parseList(scanner)
    if (!scanner.atEnd) scanner.fail([END])
  }
  return { ...head, value: { text: text.slice(start), slot, before: text.slice(0, start) } }
}

function parseIsWord(scanner: Scanner): string {
  const rest = scanner.text.slice(scanner.position).toLowerCase()
  const word = isWords.find((candidate) => rest.startsWith(candidate))
  if (word === undefined) {
    const lower = new Scanner(rest, '')
    scanner.position += Math.max(...isWords.map((candidate) => lower.differing(candidate)))
    return scanner.fail(['isVal: (null, not_null, true, false, unknown)'])
  }
  scanner.position += word.length
  return word
}

/** What a walk through a logic tree counts and collects. */
interface Walk {
  conditions: number
  /** Number of the first value's slot; undefined when values have none. */
  readonly slot: number | undefined
  /** Values in order, and where each begins and ends in the text. */
  readonly values: string[]
  readonly spans: number[]
}

/** Parses the value of `and=`, `or=`: `(a.eq.1,or(b.gt.2,c.is.null))`. With `slot`, values are marked from that slot on. */
export function parseLogic(kind: 'and' | 'or', negated: boolean, text: string, slot?: number): LogicTree {
  return walkLogic(kind, negated, text, { conditions: 0, slot, values: [], spans: [] })
}

/**
 * A logic tree's text without its values, and the values in the order of their slots; undefined for a text that is no
 * logic tree. It is read by the same parser, so that what is taken out is what the parser takes for values.
 */
export function logicShape(text: string): { readonly shape: string; readonly values: readonly string[] } | undefined {
  const walk: Walk = { conditions: 0, slot: undefined, values: [], spans: [] }
  try {
    walkLogic('and', false, text, walk)
  } catch {
    return undefined
  }
  let shape = ''
  let from = 0
  for (let i = 0; i < walk.spans.length; i += 2) {
    shape += `${text.slice(from, walk.spans[i])}\0`
    from = walk.spans[i + 1]!
  }
  return { shape: shape + text.slice(from), values: walk.values }
}

function walkLogic(kind: 'and' | 'or', negated: boolean, text: string, walk: Walk): LogicTree {
  // The operator is read with its tree, so columns of faults count it.
  const operator = negated ? `not.${kind}` : kind
  const scanner = new Scanner(operator + text, 'logic tree', text)
  scanner.position = operator.length
  const tree = parseGroup(scanner, kind, negated, walk, 0)
  // Closing parentheses too many change no meaning, and clients send them.
  scanner.match(/[) \t]*/y)
  if (!scanner.atEnd) scanner.fail([END])
  // Spans count from the text's own beginning.
  for (let i = 0; i < walk.spans.length; i++) walk.spans[i]! -= operator.length
  return tree
}

function parseGroup(scanner: Scanner, kind: 'and' | 'or', negated: boolean, walk: Walk, depth: number): LogicTree {
  if (depth > FILTER_LIMITS.depth) throw restError('too_complex', { limit: FILTER_LIMITS.depth, what: 'levels of conditions' })
  scanner.skipBlanks()
  scanner.expect('(')
  const items: LogicTree[] = []
  do {
    scanner.skipBlanks()
    items.push(parseCondition(scanner, walk, depth))
    scanner.skipBlanks()
  } while (scanner.take(','))
  if (!scanner.take(')')) scanner.fail(NEXT)
  scanner.skipBlanks()
  return { kind, negated, items }
}

function parseCondition(scanner: Scanner, walk: Walk, depth: number): LogicTree {
  if (++walk.conditions > FILTER_LIMITS.conditions) throw restError('too_complex', { limit: FILTER_LIMITS.conditions, what: 'conditions' })
  const start = scanner.position
  const group = scanner.match(/(?:not\.)?(?:and|or)(?=[ \t]*\()/y)
  if (group !== '') return parseGroup(scanner, group.endsWith('and') ? 'and' : 'or', group.startsWith('not.'), walk, depth + 1)
  let field: FieldName
  let head: Omit<FilterExpression, 'value'>
  try {
    field = parseFieldName(scanner, [FIELD_NAME, 'negation operator (not)', LOGIC_OPERATOR])
    scanner.skipBlanks()
    if (!scanner.take('.')) scanner.fail([...(scanner.plain ? NAME_GOES_ON : []), '"->>"', '"->"', 'delimiter (.)'])
    head = parseOperator(scanner)
  } catch (error) {
    failAsGroup(scanner, start)
    throw error
  }
  return { kind: 'filter', field, expression: { ...head, value: parseLogicValue(scanner, head.operator, walk) } }
}

/** What is no filter but begins like a group is faulted as one. */
function failAsGroup(scanner: Scanner, start: number): void {
  scanner.position = start
  const negated = scanner.take('not.')
  if (scanner.take('and') || scanner.take('or')) {
    scanner.skipBlanks()
    scanner.fail(['"("'])
  }
  if (negated) scanner.fail([LOGIC_OPERATOR])
}

function parseLogicValue(scanner: Scanner, operator: FilterExpression['operator'], walk: Walk): FilterExpression['value'] {
  const start = scanner.position
  if (operator === 'is') return { text: parseIsWord(scanner) }
  if (operator === 'in') parseList(scanner)
  const text = operator === 'in' ? scanner.text.slice(start, scanner.position) : logicValue(scanner)
  const slot = walk.slot === undefined ? undefined : walk.slot + walk.values.length
  walk.values.push(text)
  walk.spans.push(start, scanner.position)
  return { text, slot }
}

/** A value inside a logic tree: quoted, an array literal in braces, or anything up to the next `,` or `)`. */
function logicValue(scanner: Scanner): string {
  return scanner.quotedBefore(',)') ?? (scanner.match(/\{[^{}]*\}/y) || scanner.until(',)'))
}

/** `(1,"a,b",c)` -> the items. Blanks around the parentheses do not count. */
function parseList(scanner: Scanner): string[] {
  scanner.skipBlanks()
  scanner.expect('(')
  scanner.skipBlanks()
  const items: string[] = []
  do items.push(scanner.quotedBefore(',)') ?? scanner.until(',)'))
  while (scanner.take(','))
  if (!scanner.take(')')) scanner.fail(NEXT)
  scanner.skipBlanks()
  return items.length === 1 && items[0] === '' ? [] : items
}

/** The items of a list's text. `before` is what stood before it, for the words of a fault. */
export function listValue(text: string, before = ''): string[] {
  const scanner = new Scanner(before + text, 'filter')
  scanner.position = before.length
  const items = parseList(scanner)
  if (!scanner.atEnd) scanner.fail([END])
  return items
}
