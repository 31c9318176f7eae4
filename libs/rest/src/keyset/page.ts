// `Prefer: cursor`: a read that continues after the last row it has sent, and the link to its next page. The link's own
// `cursor=` means the same, so that following it needs no header.
import type { Relation } from '#libs/catalog'
import type { CompileOptions, ReadNode } from '#libs/query'
import type { ParsedQuery } from '../parse/syntax.ts'
import { orderTag, readCursor, writeCursor } from './cursor-text.ts'
import { rowsAfter } from './page-condition.ts'
import { pageOrder, unpageable } from './page-order.ts'

/** A read as a page. */
export interface Page {
  readonly read: ReadNode
  readonly options: CompileOptions['page']
  /** Of the cursors that continue it. */
  readonly tag: string
}

/** Makes a page of a read. `ranged`: the request has a Range header, which would apply to every page anew. */
export function pageOf(relation: Relation, read: ReadNode, { cursor, limits }: ParsedQuery, ranged: boolean): Page {
  if (ranged) throw unpageable('a Range header counts rows: use limit')
  if (cursor !== undefined && limits.some(({ kind, path, value }) => kind === 'offset' && path.length === 0 && value > 0)) {
    throw unpageable('the cursor says where the page begins: leave out the offset')
  }
  const { limit } = read
  if (typeof limit !== 'number') throw unpageable('its size is not known')
  const order = pageOrder(relation, read)
  const tag = orderTag(relation, order)
  const after = cursor === undefined ? undefined : rowsAfter(order, readCursor(cursor, tag, order.length))
  return { read: { ...read, order }, options: limit === 0 ? undefined : { after, size: limit }, tag }
}

/**
 * The Link header to the next page, as a reference that is resolved against the request's address; undefined on the
 * last page. `ends` are the keys of the page's last row and of the next one, as the statement gave them.
 */
export function nextLink(tag: string, ends: string | null, address: string): string | undefined {
  const [last, next] = JSON.parse(ends ?? '[]') as readonly (readonly (string | null)[] | undefined)[]
  if (last === undefined || next === undefined) return undefined
  if (last.every((value, i) => value === next[i])) throw unpageable('several rows have the same key')
  const mark = address.indexOf('?')
  const kept = (mark === -1 ? [] : address.slice(mark + 1).split('&')).filter((part) => !/^(?:cursor|offset)(?:=|$)/.test(part))
  return `<?${[...kept, `cursor=${writeCursor(tag, last)}`].join('&')}>; rel="next"`
}
