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

const nestedDocument = `query ($category: Int!, $below: Int!) { posts(where: {category: {_eq: $category}, score: {_lt: $below}}, order_by: [{score: desc}, {id: asc}], limit: 10) {
  id title score author { id name } comments(order_by: {created_at: desc}, limit: 5) { id body author { id name } } } }`

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

/** All cases over a running server and a running reference, for the user of `token`. */
export function benchCases(server: TestServer, referencePort: number, token: string): BenchCase[] {
  const port = Number(new URL(server.url).port)
  const authorization = { authorization: `Bearer ${token}` }
  const ours = { ...authorization, apikey: server.anonKey }
  const byHand = (requests: readonly string[]): Route => ({ name: 'by hand', port: referencePort, requests })
  const referenceGet = (paths: readonly string[]) => byHand(paths.map((path) => bodiless('GET', referencePort, path, authorization)))
  const rest = (paths: readonly string[], headers: Headers = ours, method: 'GET' | 'HEAD' = 'GET', name = 'REST'): Route => {
    return { name, port, requests: paths.map((path) => bodiless(method, port, `/rest/v1/${path}`, headers)) }
  }
  const returning = { ...ours, prefer: 'return=representation' }
  const single = { accept: 'application/vnd.pgrst.object+json' }
  const filters = ({ category, below }: (typeof pages)[number]) => `category=eq.${category}&score=lt.${below}`
  return [
    {
      name: 'one row by key',
      goals: { REST: 0.8 },
      reference: referenceGet(ids.map((id) => `/posts/${id}`)),
      ours: [
        rest(
          ids.map((id) => `posts?select=id,title,body,category,score,author_id,created_at&id=eq.${id}`),
          { ...ours, ...single },
        ),
      ],
    },
    {
      name: 'filtered list of 20',
      goals: { REST: 0.8 },
      reference: referenceGet(pages.map(({ category, below }) => `/list?category=${category}&below=${below}`)),
      ours: [
        rest(
          pages.map((page) => `posts?select=id,title,category,score,author_id,created_at&${filters(page)}&order=score.desc,id&limit=20`),
        ),
      ],
    },
    {
      name: 'nested list',
      goals: { REST: 0.9, GraphQL: 0.85 },
      reference: referenceGet(pages.map(({ category, below }) => `/nested?category=${category}&below=${below}`)),
      ours: [
        rest(
          pages.map(
            (page) =>
              `posts?select=id,title,score,author:users(id,name),comments(id,body,author:users(id,name))&${filters(page)}&order=score.desc,id&limit=10&comments.order=created_at.desc&comments.limit=5`,
          ),
        ),
        {
          name: 'GraphQL',
          port,
          requests: pages.map((variables) => post(port, '/graphql/v1', ours, { query: nestedDocument, variables })),
        },
      ],
    },
    {
      name: 'filtered count',
      goals: { 'REST, HEAD with count=exact': 0.9, 'REST, select=count()': 0.9 },
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
      ],
    },
    {
      name: 'insert 100, returning ids',
      goals: { REST: 0.9 },
      writes: true,
      reference: byHand([post(referencePort, '/events/batch', authorization, events)]),
      ours: [{ name: 'REST', port, requests: [post(port, '/rest/v1/events?select=id', returning, events)] }],
    },
  ]
}
