// The shape of a query string: everything that decides the SQL, with the values of filters taken out. Two requests of
// one shape share a plan. It must stay a single pass: it runs for every request, also for those that hit the cache.
import { abstractable, looksLikeFilter } from './filters.ts'

/** One parameter of a query string. `slot` is the place of its value among the shape's values; `head` is what stands before it. */
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
  const dot = name.lastIndexOf('.')
  return reservedNames.has(dot === -1 ? name : name.slice(dot + 1))
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
    const head = headEnd(query, start, end, isCall)
    if (head !== -1) {
      shape += `${query.slice(copied, head)}\0`
      values.push(decode(query.slice(head, end)))
      copied = end
    }
    start = end + 1
  }
  return { shape: copied === 0 ? query : shape + query.slice(copied), values }
}

/** The parameters of a raw query string; slots are numbered as {@link shapeOf} numbers its values. */
export function parametersOf(query: string, isCall: boolean): QueryParameter[] {
  const parameters: QueryParameter[] = []
  let slots = 0
  for (const part of query === '' ? [] : query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decode(equals === -1 ? part : part.slice(0, equals))
    const value = equals === -1 ? '' : decode(part.slice(equals + 1))
    const end = headEnd(part, 0, part.length, isCall)
    if (end === -1) parameters.push({ name, value, head: '', slot: undefined })
    else parameters.push({ name, value, head: part.slice(equals + 1, end), slot: slots++ })
  }
  return parameters
}

/** Where the value of the parameter at `start` begins that can be taken out of `name=head.value`; -1 when it must stay. */
function headEnd(query: string, start: number, end: number, isCall: boolean): number {
  const equals = query.indexOf('=', start)
  if (equals <= start || equals >= end || isReserved(decode(query.slice(start, equals)))) return -1
  const word = query.startsWith('not.', equals + 1) ? equals + 5 : equals + 1
  const dot = query.indexOf('.', word)
  if (dot !== -1 && dot < end) {
    const operator = query.slice(word, dot)
    if (abstractable.has(operator)) return dot + 1
    const parenthesis = operator.indexOf('(')
    if (parenthesis !== -1 && operator.endsWith(')') && abstractable.has(operator.slice(0, parenthesis))) return dot + 1
    if (operator === 'is' || operator === '') return -1
  }
  // Written with percent signs it may be a filter all the same, whose operator belongs to the shape.
  return isCall && !looksLikeFilter(decode(query.slice(equals + 1, end))) ? equals + 1 : -1
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
