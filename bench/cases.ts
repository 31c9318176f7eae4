// What is measured: for each case the reference's route and ours, as raw requests that the generator sends in turn.
import type { TestServer } from '../acceptance/server.ts'

/** One route of one server: the raw requests that the generator sends in turn. */
export interface Route {
  readonly name: string
  readonly port: number
  readonly requests: readonly string[]
}

/** A case; `goal` is the least ratio to the reference, by the name of our route. */
export interface BenchCase {
  readonly name: string
  readonly reference: Route
  readonly ours: readonly Route[]
  readonly goals: Readonly<Record<string, number>>
  /** The same of PostGraphile, and the least times that ours is as fast, by the name of our route. */
  readonly peer?: Route
  readonly peerGoals?: Readonly<Record<string, number>>
  /** It fills the table of events, which is emptied before every round. */
  readonly writes?: boolean
}

type Headers = Readonly<Record<string, string>>

const ids = Array.from({ length: 500 }, (_unused, index) => 1 + ((index * 7919) % 100_000)).filter((id) => ((id / 50) | 0) % 5 !== 0)
const pages = Array.from({ length: 200 }, (_unused, index) => ({ category: index % 50, below: 300 + ((index * 37) % 700) }))
const starts = Array.from({ length: 50 }, (_unused, index) => index * 1_900)
const events = Array.from({ length: 100 }, (_unused, index) => ({
  user_id: 42,
  kind: `kind ${index}`,
  payload: { index, note: 'measured' },
}))

const documents = {
  byKey: `query ($id: Int!) { posts_by_pk(id: $id) { id title body category score author_id created_at } }`,
  list: `query ($category: Int!, $below: Int!) { posts(where: {category: {_eq: $category}, score: {_lt: $below}}, order_by: [{score: desc}, {id: asc}], limit: 20) {
  id title category score author_id created_at } }`,
  nested: `query ($category: Int!, $below: Int!) { posts(where: {category: {_eq: $category}, score: {_lt: $below}}, order_by: [{score: desc}, {id: asc}], limit: 10) {
  id title score author { id name } comments(order_by: {created_at: desc}, limit: 5) { id body author { id name } } } }`,
  page: `query ($id: Int!) { posts_by_pk(id: $id) { id title score author { id name } comments(order_by: {created_at: desc}, limit: 5) { id body author { id name } } } }`,
  aggregate: `query ($category: Int!, $below: Int!) { posts_aggregate(where: {category: {_eq: $category}, score: {_lt: $below}}) { aggregate { count } } }`,
  insert: `mutation ($event: events_insert_input!) { insert_events_one(object: $event) { id user_id kind payload created_at } }`,
  insertMany: `mutation ($events: [events_insert_input!]!) { insert_events(objects: $events) { returning { id } } }`,
}

/** The same in PostGraphile's dialect. It has no insert of many rows: a document with one field for each does it in one request. */
const peerDocuments = {
  byKey: `query ($id: Int!) { postByRowId(rowId: $id) { rowId title body category score authorId createdAt } }`,
  list: `query ($category: Int!, $below: Int!) { allPostsList(filter: {category: {equalTo: $category}, score: {lessThan: $below}}, orderBy: [SCORE_DESC, ROW_ID_ASC], first: 20) {
  rowId title category score authorId createdAt } }`,
  nested: `query ($category: Int!, $below: Int!) { allPostsList(filter: {category: {equalTo: $category}, score: {lessThan: $below}}, orderBy: [SCORE_DESC, ROW_ID_ASC], first: 10) {
  rowId title score userByAuthorId { rowId name } commentsByPostIdList(orderBy: [CREATED_AT_DESC], first: 5) { rowId body userByAuthorId { rowId name } } } }`,
  page: `query ($id: Int!) { postByRowId(rowId: $id) {
  rowId title score userByAuthorId { rowId name } commentsByPostIdList(orderBy: [CREATED_AT_DESC], first: 5) { rowId body userByAuthorId { rowId name } } } }`,
  insert: `mutation ($event: EventInput!) { createEvent(input: {event: $event}) { event { rowId userId kind payload createdAt } } }`,
  insertMany: `mutation (${events.map((_event, i) => `$e${i}: EventInput!`).join(', ')}) { ${events.map((_event, i) => `m${i}: createEvent(input: {event: $e${i}}) { event { rowId } }`).join(' ')} }`,
}

function peerEvent({ user_id: userId, kind, payload }: (typeof events)[number]): unknown {
  return { userId, kind, payload }
}

function headerLines(headers: Headers): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
}

function bodiless(method: 'GET' | 'HEAD', port: number, path: string, headers: Headers): string {
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${headerLines(headers)}\r\n`
}

function post(port: number, path: string, headers: Headers, body: unknown): string {
  const text = JSON.stringify(body)
  return `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n${headerLines(headers)}\r\n${text}`
}

/** All cases over running servers, for the user of `token`. Without a peer its part is left out. */
export function benchCases(server: TestServer, ports: { reference: number; peer: number | undefined }, token: string): BenchCase[] {
  const port = Number(new URL(server.url).port)
  const { reference: referencePort } = ports
  const authorization = { authorization: `Bearer ${token}` }
  const ours = { ...authorization, apikey: server.anonKey }
  const byHand = (requests: readonly string[]): Route => ({ name: 'by hand', port: referencePort, requests })
  const referenceGet = (paths: readonly string[]) => byHand(paths.map((path) => bodiless('GET', referencePort, path, authorization)))
  const rest = (paths: readonly string[], headers: Headers = ours, method: 'GET' | 'HEAD' = 'GET', name = 'REST'): Route => {
    return { name, port, requests: paths.map((path) => bodiless(method, port, `/rest/v1/${path}`, headers)) }
  }
  const graphql = (query: string, variables: readonly unknown[]): Route => {
    return { name: 'GraphQL', port, requests: variables.map((each) => post(port, '/graphql/v1', ours, { query, variables: each })) }
  }
  const peer = (query: string, variables: readonly unknown[]): Route | undefined => {
    const peerPort = ports.peer
    if (peerPort === undefined) return undefined
    return {
      name: 'PostGraphile',
      port: peerPort,
      requests: variables.map((each) => post(peerPort, '/graphql', authorization, { query, variables: each })),
    }
  }
  const returning = { ...ours, prefer: 'return=representation' }
  const single = { accept: 'application/vnd.pgrst.object+json' }
  const filters = ({ category, below }: (typeof pages)[number]) => `category=eq.${category}&score=lt.${below}`
  return [
    {
      name: 'one row by key',
      goals: { REST: 0.8, GraphQL: 0.7 },
      peer: peer(
        peerDocuments.byKey,
        ids.map((id) => ({ id })),
      ),
      peerGoals: { GraphQL: 4 },
      reference: referenceGet(ids.map((id) => `/posts/${id}`)),
      ours: [
        rest(
          ids.map((id) => `posts?select=id,title,body,category,score,author_id,created_at&id=eq.${id}`),
          { ...ours, ...single },
        ),
        graphql(
          documents.byKey,
          ids.map((id) => ({ id })),
        ),
      ],
    },
    {
      name: 'filtered list of 20',
      goals: { REST: 0.8 },
      peer: peer(peerDocuments.list, pages),
      peerGoals: { GraphQL: 3 },
      reference: referenceGet(pages.map(({ category, below }) => `/list?category=${category}&below=${below}`)),
      ours: [
        rest(
          pages.map((page) => `posts?select=id,title,category,score,author_id,created_at&${filters(page)}&order=score.desc,id&limit=20`),
        ),
        graphql(documents.list, pages),
      ],
    },
    {
      name: 'nested list',
      goals: { REST: 0.9, GraphQL: 0.85 },
      peer: peer(peerDocuments.nested, pages),
      peerGoals: { GraphQL: 4 },
      reference: referenceGet(pages.map(({ category, below }) => `/nested?category=${category}&below=${below}`)),
      ours: [
        rest(
          pages.map(
            (page) =>
              `posts?select=id,title,score,author:users(id,name),comments(id,body,author:users(id,name))&${filters(page)}&order=score.desc,id&limit=10&comments.order=created_at.desc&comments.limit=5`,
          ),
        ),
        graphql(documents.nested, pages),
      ],
    },
    {
      name: 'one row, three levels',
      goals: { GraphQL: 0.85 },
      peer: peer(
        peerDocuments.page,
        ids.map((id) => ({ id })),
      ),
      peerGoals: { GraphQL: 4 },
      reference: referenceGet(ids.map((id) => `/page/${id}`)),
      ours: [
        graphql(
          documents.page,
          ids.map((id) => ({ id })),
        ),
      ],
    },
    {
      name: 'filtered count',
      goals: { 'REST, HEAD with count=exact': 0.9, 'REST, select=count()': 0.9, GraphQL: 0.9 },
      reference: referenceGet(pages.map(({ category, below }) => `/count?category=${category}&below=${below}`)),
      ours: [
        rest(
          pages.map((page) => `posts?select=id&${filters(page)}`),
          { ...ours, prefer: 'count=exact' },
          'HEAD',
          'REST, HEAD with count=exact',
        ),
        rest(
          pages.map((page) => `posts?select=count()&${filters(page)}`),
          { ...ours, ...single },
          'GET',
          'REST, select=count()',
        ),
        graphql(documents.aggregate, pages),
      ],
    },
    {
      name: '1,000 rows, 545 kB',
      goals: { REST: 0.9 },
      reference: referenceGet(starts.map((after) => `/big?after=${after}`)),
      ours: [rest(starts.map((after) => `posts?select=id,title,body,category,score,created_at&id=gt.${after}&order=id&limit=1000`))],
    },
    {
      name: 'insert one, returning it',
      goals: { REST: 0.8 },
      peer: peer(
        peerDocuments.insert,
        events.map((event) => ({ event: peerEvent(event) })),
      ),
      peerGoals: { GraphQL: 3 },
      writes: true,
      reference: byHand(events.map((event) => post(referencePort, '/events', authorization, event))),
      ours: [
        {
          name: 'REST',
          port,
          requests: events.map((event) =>
            post(port, '/rest/v1/events?select=id,user_id,kind,payload,created_at', { ...returning, ...single }, event),
          ),
        },
        graphql(
          documents.insert,
          events.map((event) => ({ event })),
        ),
      ],
    },
    {
      name: 'insert 100, returning ids',
      goals: { REST: 0.9 },
      peer: peer(peerDocuments.insertMany, [Object.fromEntries(events.map((event, i) => [`e${i}`, peerEvent(event)]))]),
      peerGoals: { GraphQL: 4 },
      writes: true,
      reference: byHand([post(referencePort, '/events/batch', authorization, events)]),
      ours: [
        { name: 'REST', port, requests: [post(port, '/rest/v1/events?select=id', returning, events)] },
        graphql(documents.insertMany, [{ events }]),
      ],
    },
  ]
}
