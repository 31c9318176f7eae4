// The shape of a query string: everything that decides the SQL, with the values of filters taken out. Two requests of
// one shape share a plan. It must stay a single pass: it runs for every request, also for those that hit the cache.
import { abstractable } from './filters.ts'

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
  if (query === '') return { shape: '', values: [] }
  let shape = ''
  const values: string[] = []
  for (const part of query.split('&')) {
    const equals = part.indexOf('=')
    const end = headEnd(part, equals, isCall)
    if (end === -1) shape += `${part}&`
    else {
      shape += `${part.slice(0, end)}\0&`
      values.push(decode(part.slice(end)))
    }
  }
  return { shape, values }
}

/** The parameters of a raw query string; slots are numbered as {@link shapeOf} numbers its values. */
export function parametersOf(query: string, isCall: boolean): QueryParameter[] {
  const parameters: QueryParameter[] = []
  let slots = 0
  for (const part of query === '' ? [] : query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decode(equals === -1 ? part : part.slice(0, equals))
    const end = headEnd(part, equals, isCall)
    const value = equals === -1 ? '' : decode(part.slice(equals + 1))
    if (end === -1) parameters.push({ name, value, head: '', slot: undefined })
    else parameters.push({ name, value, head: part.slice(equals + 1, end), slot: slots++ })
  }
  return parameters
}

/** Where the value begins that can be taken out of `name=head.value`; -1 when it must stay. */
function headEnd(part: string, equals: number, isCall: boolean): number {
  if (equals <= 0 || isReserved(decode(part.slice(0, equals)))) return -1
  let start = equals + 1
  if (part.startsWith('not.', start)) start += 4
  const dot = part.indexOf('.', start)
  if (dot !== -1) {
    const word = part.slice(start, dot)
    if (abstractable.has(word)) return dot + 1
    const parenthesis = word.indexOf('(')
    if (parenthesis !== -1 && word.endsWith(')') && abstractable.has(word.slice(0, parenthesis))) return dot + 1
    if (word === 'is' || word === '') return -1
  }
  return isCall ? equals + 1 : -1
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
