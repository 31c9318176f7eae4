// Content-Location of a read: its path and its parameters in a canonical order and spelling.
import { decode } from '../parse/shape.ts'

/** Queries that are written canonically already, but for their order. */
const plain = /^[\w.~=&-]*$/

/** `/todos?id=eq.1&select=%2A`: parameters by name. `path` is as it came in the URL. */
export function contentLocation(path: string, query: string): string {
  if (query === '') return `/${path}`
  if (plain.test(query)) {
    if (!query.includes('&')) return `/${path}?${query.includes('=') ? query : `${query}=`}`
    return `/${path}?${ordered(
      query
        .split('&')
        .filter((part) => part !== '')
        .map(pairOf),
    ).join('&')}`
  }
  const pairs = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name, value] = pairOf(part)
      return [encode(decode(name)), encode(decode(value))] as const
    })
  return `/${path}?${ordered(pairs).join('&')}`
}

function pairOf(part: string): readonly [string, string] {
  const equals = part.indexOf('=')
  return equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
}

function ordered(pairs: (readonly [string, string])[]): string[] {
  return pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([name, value]) => `${name}=${value}`)
}

/** Everything but letters, digits and `-_.~`. A lone surrogate is no character and has no code. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
