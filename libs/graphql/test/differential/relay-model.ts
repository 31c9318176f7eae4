// What documents at Relay's endpoint say beside the others: pages of lists by cursor.
import { columnOf, type Link, type Relation, type Selected, type Slice } from './model.ts'

/** A connection: `limit` and `offset` of the slice are not used, and the key makes any order total. */
export interface Page extends Slice {
  /** The first ones, or the last ones where it is from the end; all without. */
  readonly size?: number
  readonly fromEnd: boolean
  readonly cursor?: Cursor
  readonly parts: readonly ConnectionPart[]
}

/** A place in the list of all rows in the page's order, whether the page's own list has that row or not. */
export interface Cursor {
  readonly side: 'after' | 'before'
  /** Which of all rows, counted round. */
  readonly at: number
  /** What the list of all rows said it is, and the key of its row. */
  readonly found?: { readonly text: string; readonly key: string }
}

export type ConnectionPart =
  | { readonly kind: 'typename'; readonly key: string }
  | { readonly kind: 'edges'; readonly key: string; readonly parts: readonly EdgePart[] }
  | { readonly kind: 'page_info'; readonly key: string; readonly parts: readonly PageInfoPart[] }

export type EdgePart =
  | { readonly kind: 'typename'; readonly key: string }
  | { readonly kind: 'cursor'; readonly key: string }
  | { readonly kind: 'node'; readonly key: string; readonly selected: readonly Selected[] }

export const pageFacts = ['startCursor', 'endCursor', 'hasNextPage', 'hasPreviousPage'] as const

export interface PageInfoPart {
  readonly kind: (typeof pageFacts)[number] | 'typename'
  readonly key: string
}

export interface ConnectionField {
  readonly kind: 'connection'
  readonly key: string
  readonly relation: Relation
  readonly page: Page
  /** The whole list is also read in pages of so many, one after the other. */
  readonly walk?: number
}

/** A row by its global id. */
export interface NodeField {
  readonly kind: 'node'
  readonly key: string
  readonly relation: Relation
  readonly values: readonly string[]
  readonly selected: readonly Selected[]
}

export interface SelectedConnection {
  readonly kind: 'connection'
  readonly key: string
  readonly link: Link
  readonly page: Page
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value), 'utf8').toString('base64')
const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8')

/** `[1, schema, table, key…]` */
export function globalId(relation: Relation, values: readonly string[]): string {
  const texts = relation.key.map((name, i) => {
    const isNumber = ['int4', 'int8'].includes(columnOf(relation, name).type)
    return isNumber ? values[i]! : JSON.stringify(values[i])
  })
  return Buffer.from(`[1, "public", ${[JSON.stringify(relation.name), ...texts].join(', ')}]`, 'utf8').toString('base64')
}

/** The texts in a global id. */
export function globalIdParts(id: string): string[] {
  // Numbers that JavaScript would round are kept as they are written.
  const json = decode(id).replaceAll(/"(?:[^"\\]|\\.)*"|-?\d+/g, (token) => (token.startsWith('"') ? token : `"${token}"`))
  return JSON.parse(json) as string[]
}

/** A cursor as far as it has to be: the row's key. */
export const keyCursor = ({ key }: Relation, values: readonly string[]): string =>
  encode(Object.fromEntries(key.map((name, i) => [name, values[i]])))

/** The same of any cursor, to be compared. */
export function keyOfCursor({ key }: Relation, cursor: string): string {
  if (cursor === '') return ''
  const values = JSON.parse(decode(cursor)) as Record<string, unknown>
  return JSON.stringify(key.map((name) => values[name]))
}

/** All that is written in base64 in an answer, in clear. */
export function decodedIn(text: string): string {
  return (text.match(/"[A-Za-z0-9+/]{8,}={0,2}"/g) ?? []).map((each) => decode(each.slice(1, -1))).join('\n')
}
