// Conditional and partial requests (RFC 9110, sections 13 and 14) for one representation with a strong validator.
import type { IncomingHttpHeaders } from 'node:http'
import type { ByteRange } from '#libs/blob'

/** What the headers of a request mean for an object. */
export type Selection =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'unsatisfiable' }
  | { readonly kind: 'malformed' }

/** The facts that the headers are held against. */
export interface Representation {
  /** With quotes. */
  readonly etag: string
  readonly lastModifiedMs: number
  readonly size: number
}

/** Decides between 200, 206, 304, 416 and 400. Several ranges in one request are answered with the whole object. */
export function selectBytes(headers: IncomingHttpHeaders, object: Representation): Selection {
  if (isUnchanged(headers, object)) return { kind: 'unchanged' }
  const wanted = headers.range
  if (wanted === undefined || !isStillCurrent(headers['if-range'], object)) return { kind: 'whole' }
  return selectRange(wanted, object.size)
}

/** If-None-Match wins over If-Modified-Since. */
function isUnchanged(headers: IncomingHttpHeaders, object: Representation): boolean {
  const known = headers['if-none-match']
  if (known !== undefined) {
    return known.trim() === '*' || known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === object.etag)
  }
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return !Number.isNaN(since) && wholeSeconds(object.lastModifiedMs) <= since
}

/** If-Range: a part of another version must not be glued to what the client has. */
function isStillCurrent(condition: string | string[] | undefined, object: Representation): boolean {
  if (typeof condition !== 'string') return true
  return condition.startsWith('"') ? condition === object.etag : Date.parse(condition) === wholeSeconds(object.lastModifiedMs)
}

function selectRange(header: string, size: number): Selection {
  const unit = /^\s*([A-Za-z]+)\s*=\s*(.*)$/.exec(header)
  if (unit === null) return { kind: 'malformed' }
  if (unit[1]!.toLowerCase() !== 'bytes' || unit[2]!.includes(',')) return { kind: 'whole' }
  const bounds = /^(\d{0,16})\s*-\s*(\d{0,16})\s*$/.exec(unit[2]!)
  if (bounds === null || (bounds[1] === '' && bounds[2] === '')) return { kind: 'malformed' }
  if (bounds[1] === '') {
    const last = Math.min(Number(bounds[2]), size)
    return last === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', range: { start: size - last, end: size - 1 } }
  }
  const start = Number(bounds[1])
  if (bounds[2] !== '' && Number(bounds[2]) < start) return { kind: 'malformed' }
  if (start >= size) return { kind: 'unsatisfiable' }
  return { kind: 'part', range: { start, end: bounds[2] === '' ? size - 1 : Math.min(Number(bounds[2]), size - 1) } }
}

/** HTTP dates have no milliseconds. */
function wholeSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000
}
