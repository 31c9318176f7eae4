// What a query at Relay's endpoint needs other queries for: the cursors that it gives, and whole lists read page by page.
import type { Json, JsonObject } from '../../../query/test/property/exact-json.ts'
import { keyOf } from './facts.ts'
import type { Caller, Query, QueryField, Relation, Selected } from './model.ts'
import { type ConnectionField, type ConnectionPart, type EdgePart, globalIdParts, type Page } from './relay-model.ts'

/** The `data` of an answer; none where the query is refused. */
type Run = (query: Query) => Promise<JsonObject | undefined>

interface Edge {
  readonly cursor: string
  readonly node: { readonly id: string }
}

/** The query with cursors as they are handed out: each page goes on at a row of the list of all. */
export async function withCursors(query: Query, run: Run): Promise<Query> {
  const pages = new Cursors(query.caller, run)
  const fields = await Promise.all(
    query.fields.map(async (field): Promise<QueryField> => {
      if (field.kind === 'connection') return { ...field, page: await pages.page(field.relation, field.page) }
      return 'selected' in field ? { ...field, selected: await pages.selected(field.selected) } : field
    }),
  )
  return { ...query, fields }
}

class Cursors {
  constructor(
    private readonly caller: Caller,
    private readonly run: Run,
  ) {}

  async page(relation: Relation, page: Page): Promise<Page> {
    const parts = await Promise.all(
      page.parts.map(async (part): Promise<ConnectionPart> => {
        if (part.kind !== 'edges') return part
        const edge = part.parts.map(async (each): Promise<EdgePart> => {
          return each.kind === 'node' ? { ...each, selected: await this.selected(each.selected) } : each
        })
        return { ...part, parts: await Promise.all(edge) }
      }),
    )
    const { cursor } = page
    if (cursor === undefined) return { ...page, parts }
    const edges = await edgesOf(this.run, this.caller, relation, { order: page.order, distinct: page.distinct, fromEnd: false })
    if (edges.length === 0) return { ...page, cursor: undefined, parts }
    const edge = edges[cursor.at % edges.length]!
    const found = { text: edge.cursor, key: keyOf(globalIdParts(edge.node.id).slice(3)) }
    return { ...page, cursor: { ...cursor, found }, parts }
  }

  selected(selected: readonly Selected[]): Promise<Selected[]> {
    return Promise.all(
      selected.map(async (each): Promise<Selected> => {
        if (each.kind === 'connection') return { ...each, page: await this.page(each.link.target, each.page) }
        if (each.kind === 'row' || each.kind === 'rows') return { ...each, selected: await this.selected(each.selected) }
        return each
      }),
    )
  }
}

const wholeEdges: readonly ConnectionPart[] = [
  {
    kind: 'edges',
    key: 'edges',
    parts: [
      { kind: 'cursor', key: 'cursor' },
      { kind: 'node', key: 'node', selected: [{ kind: 'global_id', key: 'id' }] },
    ],
  },
  {
    kind: 'page_info',
    key: 'pageInfo',
    parts: (['startCursor', 'endCursor', 'hasNextPage', 'hasPreviousPage'] as const).map((kind) => ({ kind, key: kind })),
  },
]

async function connectionAsked(run: Run, caller: Caller, relation: Relation, page: Omit<Page, 'parts'>): Promise<JsonObject | undefined> {
  const field: ConnectionField = { kind: 'connection', key: 'list', relation, page: { ...page, parts: wholeEdges } }
  const data = await run({ kind: 'query', caller, relay: true, style: 0, fields: [field] })
  return data?.['list'] as JsonObject | undefined
}

async function edgesOf(run: Run, caller: Caller, relation: Relation, page: Omit<Page, 'parts'>): Promise<readonly Edge[]> {
  const list = await connectionAsked(run, caller, relation, page)
  return (list?.['edges'] ?? []) as unknown as readonly Edge[]
}

export interface Walked {
  readonly pages: number
  /** Rows as they came, and all of the list in its order. */
  readonly ids: readonly string[]
  readonly all: readonly string[]
}

/** Reads a list from one end to the other, as clients do: by the cursors and flags of `pageInfo`. */
export async function walk(run: Run, caller: Caller, { relation, page, walk: size = 3 }: ConnectionField): Promise<Walked> {
  const { filter, order, distinct, fromEnd } = page
  const list = { filter, order, distinct }
  const idsOf = (edges: readonly Edge[]) => edges.map(({ node }) => globalIdParts(node.id).slice(3).join(' '))
  const all = idsOf(await edgesOf(run, caller, relation, { ...list, fromEnd: false }))
  const ids: string[] = []
  let pages = 0
  let cursor: Page['cursor']
  for (let goesOn = true; goesOn && pages <= all.length; pages++) {
    const got = await connectionAsked(run, caller, relation, { ...list, size, fromEnd, cursor })
    if (got === undefined) break
    const info = got['pageInfo'] as Record<string, Json>
    const rows = idsOf(got['edges'] as unknown as readonly Edge[])
    if (fromEnd) ids.unshift(...rows)
    else ids.push(...rows)
    goesOn = info[fromEnd ? 'hasPreviousPage' : 'hasNextPage'] === true
    const text = info[fromEnd ? 'startCursor' : 'endCursor'] as string
    cursor = { side: fromEnd ? 'before' : 'after', at: 0, found: { text, key: '' } }
  }
  return { pages, ids, all }
}
