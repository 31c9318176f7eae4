// Reading, where one request is not enough to see it: plans that serve many requests, and what is switched off by default.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startRest, type RestServer } from './rest-server.ts'

const schema = readFileSync(new URL('../../query/test/golden/schema.sql', import.meta.url), 'utf8')
const otherSchema = `
create schema other;
create table other.crates (id int primary key, place_id int references public.places, note text);
insert into other.crates values (1, 1, 'x');
grant usage on schema other to anon;
grant select on other.crates to anon;`

let server: RestServer
beforeAll(async () => {
  server = await startRest(schema + otherSchema, { catalog: { schemas: ['public', 'other'] } })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

async function statementsOf(requests: readonly (readonly [path: string, headers?: Record<string, string>])[]) {
  server.statements.length = 0
  const answers: { range: string | undefined; ids: unknown }[] = []
  for (const [path, headers] of requests) {
    const { headers: got, json } = await server.call('GET', path, { headers })
    answers.push({ range: got['content-range'], ids: json.map(({ id }: { id: number }) => id) })
  }
  return { answers, texts: new Set(server.statements.map(({ text }) => text)).size }
}

it('pages of a list share one statement, and each says where it is', async () => {
  const pages = await statementsOf([2, 1, 3, 9].map((offset) => [`/parcels?select=id&order=id&limit=2&offset=${offset}`] as const))
  expect(pages.texts).toBe(1)
  expect(pages.answers).toEqual([
    { range: '2-3/*', ids: [3, 4] },
    { range: '1-2/*', ids: [2, 3] },
    { range: '3-3/*', ids: [4] },
    { range: '*/*', ids: [] },
  ])
})

it('a Range header and an offset intersect, also when the plan was made for another offset', async () => {
  const pages = await statementsOf(
    [4, 1, 2, 3].map((offset) => [`/parcels?select=id&order=id&limit=2&offset=${offset}`, { range: '1-2' }] as const),
  )
  expect(pages.texts).toBe(1)
  expect(pages.answers).toEqual([
    { range: '*/*', ids: [] },
    { range: '1-2/*', ids: [2, 3] },
    { range: '2-2/*', ids: [3] },
    { range: '*/*', ids: [] },
  ])
})

it('logic trees with other values share one statement', async () => {
  const { answers, texts } = await statementsOf([
    ['/parcels?select=id&order=id&or=(id.eq.1,and(kind.eq.bag,weight.gt.5))'],
    ['/parcels?select=id&order=id&or=(id.eq.2,and(kind.eq."bag",weight.gt.0))'],
    ['/parcels?select=id&order=id&or=%28id.eq.4%2Cand%28kind.eq.box%2Cweight.gt.3%29%29'],
  ])
  expect(texts).toBe(1)
  expect(answers.map(({ ids }) => ids)).toEqual([
    [1, 3],
    [2, 3, 4],
    [2, 4],
  ])
})

it('aggregates are refused unless they are switched on, and counting rows by the old name is not', async () => {
  const refused = await server.call('GET', '/places?select=city,sent(weight.sum())')
  expect([refused.status, refused.json.code, refused.json.message]).toEqual([400, 'PGRST123', 'Use of aggregate functions is not allowed'])
  const counted = await server.call('GET', '/places?select=sent(count)&id=eq.1')
  expect(counted.json).toEqual([{ sent: [{ count: 2 }] }])
})

it('a limit that is no number is none', async () => {
  const { json } = await server.call('GET', '/parcels?select=id&limit=undefined&offset=&order=id')
  expect(json).toHaveLength(4)
})

it('relationships end at the schema of the request', async () => {
  const answer = await server.call('GET', '/crates?select=id,places(city)', { headers: { 'accept-profile': 'other' } })
  expect([answer.status, answer.json.code]).toEqual([400, 'PGRST200'])
  const back = await server.call('GET', '/places?select=city,crates(id)')
  expect([back.status, back.json.code]).toEqual([400, 'PGRST200'])
})
