// Grammar-near garbage in every position: never a 5xx, never SQL that Postgres cannot parse, never a change of the schema.
// The seed is printed; FUZZ_SEED repeats a run, FUZZ_SECONDS makes it longer.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { startRest, users } from './rest-server.ts'

const schema = readFileSync(new URL('../../query/test/golden/schema.sql', import.meta.url), 'utf8')
const seconds = Number(process.env['FUZZ_SECONDS'] ?? 4)
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000)

const parameters = [
  'select=id,t:title,k:data->k->>t,author:authors!author_id(name),comments(body,authors(name))',
  'select=...authors!author_id(name),comments!inner(id)',
  'select=id::int4,title::bytea,tags::text',
  'order=score.desc.nullslast,data->k',
  'or=(id.eq.1,and(name.like.B*,id.lt.5),not.or(a.is.null))',
  'id=in.(1,"2",3)',
  'comments.order=id.desc',
  'comments=not.is.null',
  'limit=2',
  'offset=1',
  'words=fts(english).cat',
  'tags=cs.{a,b}',
  'span=ov.[1,2)',
  'data=cs.{"a":1}',
  'title=like(any).{a*}',
  'title=imatch.(',
  'score=gte.9999999999999999999',
  'columns=scope,key',
  'on_conflict=scope,key',
  'data->>k=eq.1',
  'select=category,score.sum(),n:count()::text,data->k->>n::int.avg()',
  'select=id,marks->0,...places!to_id(city,sent(id))',
  'sent.not.or=(weight.gt.5,kind.not.in.(a,"b"))',
  'sent=is.not_null',
  'order=sender(city).desc,price',
  'comments.offset=1',
]
const paths = [
  'posts',
  'posts',
  'authors',
  'comments',
  'settings',
  'post_titles',
  'parcels',
  'places',
  'heavy_parcels',
  'rpc/posts_above',
  'rpc/add',
  'rpc/table_of',
  'rpc/describe',
]
const bodies = [
  '{"score":1}',
  '{"a":1,"b":2}',
  '{"minimum":1}',
  '[{"scope":"z","key":"y"}]',
  '{"thing":[1],"tags":["x"]}',
  '{"post_id":1,"author_id":1,"body":"q"}',
]
const headers = [
  'prefer: return=representation, count=exact, resolution=merge-duplicates, missing=default',
  'range: 0-9',
  'accept: application/vnd.pgrst.object+json',
  'content-profile: public',
]
const characters = Array.from(`(){}[].,:;!"'\\->*=&|%+ $#@~?<>/0aZé\u0001\u{1F600}`)

/** mulberry32: small, seeded, good enough to choose garbage. */
function randomOf(start: number): (below: number) => number {
  let state = start
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

it(`garbage of ${seconds} s is refused in words (seed ${seed})`, { timeout: seconds * 1000 + 30_000 }, async () => {
  await using server = await startRest(schema, { rest: { aggregates: true } })
  const random = randomOf(seed)
  const pick = <T>(items: readonly T[]): T => items[random(items.length)]!
  const damage = (text: string): string => {
    const parts = Array.from(text)
    for (let times = Math.max(0, random(6) - 2); times > 0; times--)
      parts.splice(
        random(parts.length + 1),
        random(3),
        ...(random(2) === 0 ? [pick(characters)] : parts.slice(random(parts.length + 1), random(parts.length + 1))),
      )
    return parts.join('')
  }
  const printable = (text: string): string => text.replace(/[^\x20-\x7e]/gu, '')
  const send = async (): Promise<string | undefined> => {
    const query = Array.from({ length: 1 + random(4) }, () => encodeURIComponent(damage(pick(parameters))).replaceAll('%3D', '='))
    const request = {
      as: random(2) === 0 ? users.ann : undefined,
      headers: Object.fromEntries(
        headers
          .filter(() => random(5) === 0)
          .map((line) => damage(printable(line)).split(/: ?(.*)/))
          .filter(([name, value]) => /^[a-z-]+$/.test(name!) && value !== undefined)
          .map(([name, value]) => [name!, printable(value!)]),
      ),
      body: random(2) === 0 ? pick(bodies) : damage(pick(bodies)),
    }
    const method = pick(['GET', 'GET', 'HEAD', 'POST', 'PATCH', 'DELETE'])
    const path = `/${random(10) === 0 ? encodeURIComponent(damage('posts')) : pick(paths)}?${query.join('&')}`
    const answer = await server.call(method, path, method === 'POST' || method === 'PATCH' ? request : { ...request, body: undefined })
    const unparsable = answer.json?.code === '42601' && !/tsquery/.test(answer.json.message)
    return answer.status >= 500 || unparsable
      ? `${method} ${path} ${JSON.stringify(request)} -> ${answer.status} ${answer.text}`
      : undefined
  }
  const tablesOf = () => {
    return server.db.superuserSql(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
    )
  }
  const before = await tablesOf()
  const end = Date.now() + seconds * 1000
  let sent = 0
  while (Date.now() < end) {
    const faults = await Promise.all(Array.from({ length: 8 }, send))
    expect(faults.filter((fault) => fault !== undefined)).toEqual([])
    server.statements.length = 0
    sent += faults.length
  }
  expect(sent).toBeGreaterThan(100)
  expect(await tablesOf()).toEqual(before)
})
