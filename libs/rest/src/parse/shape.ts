// The shape of a query string: everything that decides the SQL, with the values of filters, logic trees and offsets taken
// out. Two requests of one shape share a plan. It must stay a single pass: it runs for every request, also for those that
// hit the cache. Limits and the first page's offset stay in: they are few, and without them Postgres keeps no plan either
// (docs/dead-ends/limit-as-a-parameter.md).
import { cursorHeadEnd } from '../keyset/cursor-head.ts'
import { logicShape } from './filters.ts'
import { abstractable, looksLikeFilter } from './operators.ts'

/** One parameter of a query string. `slot` is the place of its (first) value among the shape's values; `head` is what stands before it. */
export interface QueryParameter {
  readonly name: string
  readonly value: string
  readonly head: string
  readonly slot: number | undefined
}

/** A query string without its values, and the values in order, decoded. */
export interface QueryShape {
  readonly shape: string
  readonly values: readonly string[]
}

const reservedNames: ReadonlySet<string> = new Set(['select', 'order', 'limit', 'offset', 'columns', 'on_conflict', 'and', 'or'])

/** Is this parameter something else than a filter or an argument? The last word decides: `rel.order`, `not.or`. */
export function isReserved(name: string): boolean {
  return reservedNames.has(lastWordOf(name))
}

function lastWordOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot === -1 ? name : name.slice(dot + 1)
}

/** The shape of a raw query string (without `?`). */
export function shapeOf(query: string, isCall: boolean): QueryShape {
  const values: string[] = []
  let shape = ''
  // Text up to here is in the shape already; runs without values are taken over in one piece.
  let copied = 0
  for (let start = 0; start < query.length;) {
    const ampersand = query.indexOf('&', start)
    const end = ampersand === -1 ? query.length : ampersand
    const taken = takeValues(query, start, end, isCall, values)
    if (taken !== undefined) {
      shape += `${query.slice(copied, taken.head)}${taken.shape}`
      copied = end
    }
    start = end + 1
  }
  return { shape: copied === 0 ? query : shape + query.slice(copied), values }
}

/** The parameters of a raw query string; slots are numbered as {@link shapeOf} numbers its values. */
export function parametersOf(query: string, isCall: boolean): QueryParameter[] {
  const parameters: QueryParameter[] = []
  const values: string[] = []
  for (const part of query === '' ? [] : query.split('&')) {
    const equals = part.indexOf('=')
    // A name without `=` has no value, not an empty one.
    if (equals === -1) continue
    const name = decode(part.slice(0, equals))
    const slot = values.length
    const taken = takeValues(part, 0, part.length, isCall, values)
    if (taken === undefined) parameters.push({ name, value: decode(part.slice(equals + 1)), head: '', slot: undefined })
    else {
      const head = decode(part.slice(equals + 1, taken.head))
      // The same pieces as the shape's are decoded, so that broken escapes mean the same in both.
      parameters.push({ name, value: head + decode(part.slice(taken.head)), head, slot })
    }
  }
  return parameters
}

/** Where the values of a parameter begin, and what the shape has in their place. */
interface Taken {
  readonly head: number
  readonly shape: string
}

const ONE: string = '\0'

/** Takes the values out of the parameter from `start` to `end`; undefined when all of it must stay. */
function takeValues(query: string, start: number, end: number, isCall: boolean, values: string[]): Taken | undefined {
  const equals = query.indexOf('=', start)
  if (equals <= start || equals >= end) return undefined
  const name = decode(query.slice(start, equals))
  const word = lastWordOf(name)
  if (reservedNames.has(word)) return takeReserved(word, query, equals + 1, end, values)
  if (name === 'cursor' && !isCall) {
    const cursor = cursorHeadEnd(query, equals + 1)
    if (cursor !== 0 && cursor <= end) {
      values.push(query.slice(cursor, end))
      return { head: cursor, shape: ONE }
    }
  }
  const head = headEnd(query, equals, end, isCall)
  if (head === -1) return undefined
  values.push(decode(query.slice(head, end)))
  return { head, shape: ONE }
}

/** Logic trees and offsets have values; the other reserved parameters are all shape. */
function takeReserved(word: string, query: string, head: number, end: number, values: string[]): Taken | undefined {
  if (word === 'offset') {
    const text = query.slice(head, end)
    if (!/^[1-9]\d{0,14}$/.test(text)) return undefined
    values.push(text)
    return { head, shape: ONE }
  }
  if (word !== 'and' && word !== 'or') return undefined
  const tree = logicShape(decode(query.slice(head, end)))
  if (tree === undefined) return undefined
  for (const value of tree.values) values.push(value)
  // Decoded text could pass for other parameters: its length says where it ends. No URL has the mark itself.
  return { head, shape: `\u0001${tree.shape.length}\u0001${tree.shape}` }
}

/** Where the value begins that can be taken out of `name=head.value`; -1 when it must stay. */
function headEnd(query: string, equals: number, end: number, isCall: boolean): number {
  const word = query.startsWith('not.', equals + 1) ? equals + 5 : equals + 1
  const dot = query.indexOf('.', word)
  if (dot !== -1 && dot < end) {
    const operator = query.slice(word, dot)
    if (abstractable.has(operator)) return dot + 1
    if (isModified(operator.includes('%') ? decode(operator) : operator)) return dot + 1
    if (operator === 'is' || operator === '') return -1
  }
  // Written with percent signs it may be a filter all the same, whose operator belongs to the shape.
  return isCall && !looksLikeFilter(decode(query.slice(equals + 1, end))) ? equals + 1 : -1
}

/** `fts(english)`, `eq(any)` */
function isModified(operator: string): boolean {
  const parenthesis = operator.indexOf('(')
  return parenthesis !== -1 && operator.endsWith(')') && abstractable.has(operator.slice(0, parenthesis))
}

/** Form decoding: `+` is a blank. What is not valid percent-encoding stays as it is. */
export function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
