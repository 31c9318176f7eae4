// Follows the links of `Prefer: cursor` from the first page to the last.
import type { RestServer } from '../rest-server.ts'
import { type Json, parseExact } from '../../../query/test/property/exact-json.ts'
import type { OrderTerm, Relation } from './model.ts'
import type { RequestText } from './request-text.ts'

/** No table of the test has so many rows. */
const pagesMax = 200

export interface Walk {
  readonly status: number
  /** Of all pages; undefined when one was refused. */
  readonly rows?: Json[]
  readonly code?: string
  readonly text?: string
}

/** The rows of all pages. Pages that never end, and empty pages with a next one, are refusals of the test itself. */
export async function walkPages(server: RestServer, first: RequestText, authorization: Readonly<Record<string, string>>): Promise<Walk> {
  const rows: Json[] = []
  let { path } = first
  for (let page = 0; page < pagesMax; page++) {
    const answer = await server.call('GET', path, { headers: { ...first.headers, ...authorization } })
    if (answer.status >= 300) return { status: answer.status, code: String(answer.json?.code), text: answer.text }
    const found = parseExact(answer.text) as Json[]
    rows.push(...found)
    const { link } = answer.headers
    if (link === undefined) return { status: answer.status, rows }
    const next = /^<(\?[^>]+)>; rel="next"$/.exec(link)?.[1]
    if (next === undefined || found.length === 0) return { status: answer.status, code: 'no next page', text: link }
    path = `${path.split('?')[0]}${next}`
  }
  return { status: 200, code: 'endless' }
}

/** The order of pages when none is asked for. */
export function orderByKey({ columns, key }: Relation): OrderTerm[] {
  return key.map((name) => ({ operand: { column: columns.find((column) => column.name === name)!, path: [], asText: false } }))
}
