// What a client meets around the SQL: tokens, schemas, limits, settings, changes of the schema.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keys, startRest, tokenOf, users, type RestServer } from './rest-server.ts'

const schema = readFileSync(new URL('../../query/test/golden/schema.sql', import.meta.url), 'utf8')
const shop = `create schema shop; create table shop.items (id int primary key, name text);
  insert into shop.items values (1, 'pen'); grant usage on schema shop to anon; grant select on shop.items to anon;
  create function shop.where_am_i() returns text language sql stable as 'select current_setting(''search_path'')';
  grant execute on function shop.where_am_i() to anon;`

describe('requests', () => {
  let server: RestServer
  beforeAll(async () => {
    server = await startRest(`${schema};${shop}`, { catalog: { schemas: ['public', 'shop'] }, rest: { rowsMax: 3, bodyBytesMax: 20_000 } })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  it('errors always have code, details, hint and message, and name themselves in Proxy-Status', async () => {
    const answer = await server.call('GET', '/nothing_like_it')
    expect(Object.keys(answer.json).sort()).toEqual(['code', 'details', 'hint', 'message'])
    expect(answer.headers).toMatchObject({ 'proxy-status': 'PostgREST; error=PGRST205', 'content-type': 'application/json; charset=utf-8' })
  })

  it('a bad token is 401 with PGRST301 and a challenge, an expired one PGRST303', async () => {
    const bad = await server.call('GET', '/posts', { headers: { authorization: `Bearer ${tokenOf(users.ann).slice(0, -4)}AAAA` } })
    expect([bad.status, bad.json.code]).toEqual([401, 'PGRST301'])
    expect(bad.headers['www-authenticate']).toMatch(/^Bearer error="invalid_token"/)
    const garbage = await server.call('GET', '/posts', { headers: { authorization: 'Bearer abc' } })
    expect([garbage.status, garbage.json.code]).toEqual([401, 'PGRST301'])
    const expired = await server.call('GET', '/posts', { headers: { authorization: `Bearer ${tokenOf(users.ann, 1_000_000)}` } })
    expect([expired.status, expired.json.code, expired.json.message]).toEqual([401, 'PGRST303', 'JWT expired'])
  })

  it('a key in the apikey header stands for its role', async () => {
    const answer = await server.call('GET', '/posts?select=id', {
      headers: { apikey: keys.serviceKey, range: '0-9', prefer: 'count=exact' },
    })
    expect(answer.headers['content-range']).toBe('0-2/4')
  })

  it('the row limit holds for lists, embedded lists and sets', async () => {
    await server.db.sql(`insert into comments (post_id, author_id, body) select 2, 1, 'more' from generate_series(1, 9)`)
    expect((await server.call('GET', '/comments')).json).toHaveLength(3)
    expect((await server.call('GET', '/comments?limit=100')).json).toHaveLength(3)
    expect((await server.call('GET', '/posts?select=comments(id)&id=eq.2')).json[0].comments).toHaveLength(3)
    expect((await server.call('GET', '/rpc/numbers?n=50')).json).toHaveLength(3)
    expect((await server.call('GET', '/rpc/table_of?n=50')).json).toHaveLength(3)
  })

  it('profiles choose among the exposed schemas', async () => {
    const other = await server.call('GET', '/items', { headers: { 'accept-profile': 'shop' } })
    expect([other.status, other.json, other.headers['content-profile']]).toEqual([200, [{ id: 1, name: 'pen' }], 'shop'])
    expect((await server.call('GET', '/items')).json.code).toBe('PGRST205')
    const path = await server.call('POST', '/rpc/where_am_i', { headers: { 'content-profile': 'shop' } })
    expect(path.json).toBe('"shop", "public"')
  })

  it('schemas that are not exposed do not exist', async () => {
    for (const name of ['auth', 'plinth', 'storage', 'pg_catalog', 'information_schema']) {
      expect((await server.call('GET', '/users', { as: 'service', headers: { 'accept-profile': name } })).json.code).toBe('PGRST106')
    }
    expect((await server.call('GET', '/auth.users', { as: 'service' })).json.code).toBe('PGRST205')
  })

  it('a body over the limit is 413, a media type that is not JSON is refused', async () => {
    const big = await server.call('POST', '/comments', { as: users.ann, body: { body: 'x'.repeat(30_000) } })
    expect([big.status, Object.keys(big.json).sort()]).toEqual([413, ['code', 'details', 'hint', 'message']])
    const text = await server.call('POST', '/comments', { as: users.ann, body: 'a=1', headers: { 'content-type': 'text/plain' } })
    expect([text.status, text.json.code]).toEqual([400, 'PGRST102'])
  })

  it('requests without bounds are refused with the limit they passed', async () => {
    const nested = (depth: number): string => (depth === 0 ? 'id' : `id,posts!author_id(id,comments(id,authors(${nested(depth - 1)})))`)
    const cases: [string, RegExp][] = [
      [`/authors?select=${nested(6)}`, /levels of embedded resources/],
      [`/posts?select=${Array.from({ length: 60 }, (_, i) => `a${i}:comments(id)`).join(',')}`, /embedded resources/],
      [`/posts?or=${'(and'.repeat(40)}(id.eq.1)${')'.repeat(40)}`, /levels of conditions|failed to parse/],
      [`/posts?or=(${Array.from({ length: 600 }, () => 'id.eq.1').join(',')})`, /conditions/],
    ]
    for (const [path, message] of cases) {
      const answer = await server.call('GET', path)
      expect([answer.status, answer.json.message], path.slice(0, 60)).toEqual([400, expect.stringMatching(message)])
    }
    const long = await server.call('GET', `/posts?title=eq.${'x'.repeat(20_000)}`)
    expect(long.status).toBe(414)
    const deep = await server.call('POST', '/posts', { as: users.ann, body: `{"data": ${'['.repeat(1000)}${']'.repeat(1000)}}` })
    expect([deep.status, deep.json.message]).toEqual([400, expect.stringContaining('levels of nesting')])
  })

  it('values that only look alike do not share an answer', async () => {
    const ids = async (query: string) =>
      (await server.call('GET', `/posts?select=id&order=id&${query}`)).json.map((row: { id: number }) => row.id)
    expect(await ids('id=eq.1')).toEqual([1])
    expect(await ids('id=eq.2')).toEqual([2])
    expect(await ids('id=not.eq.2')).toEqual([1, 3])
    expect(await ids('id=in.(1,2)')).toEqual([1, 2])
    expect(await ids('id=in.(3)')).toEqual([3])
    expect(await ids('title=like.F*')).toEqual([1])
    expect(await ids('title=like.S*')).toEqual([2])
    expect(await ids('id=eq.2&id=lt.3')).toEqual([2])
    expect((await server.call('GET', '/rpc/add?a=1&b=2')).json).toBe(3)
    expect((await server.call('GET', '/rpc/add?a=5&b=6')).json).toBe(11)
    expect((await server.call('GET', '/rpc/join_words?words=eq.x')).json).toBe('eq.x')
    expect((await server.call('GET', '/rpc/join_words?words=eq.y')).json).toBe('eq.y')
    const rename = (body: unknown) =>
      server.call('PATCH', '/settings?scope=eq.app&key=eq.size&select=value', {
        as: users.ann,
        body,
        headers: { prefer: 'return=representation' },
      })
    expect([(await rename({ value: 'a' })).json, (await rename([{ value: 'b' }])).json]).toEqual([[{ value: 'a' }], [{ value: 'b' }]])
  })

  it('numbers keep all their digits on the way in and out', async () => {
    const answer = await server.call('POST', '/rpc/describe', { body: '{"thing": 12345678901234567890.123456789, "tags": []}' })
    expect(answer.json).toBe('number0')
    const updated = await server.call('PATCH', '/posts?id=eq.1&select=data', {
      as: users.ann,
      body: '[{"data": {"n": 12345678901234567890}}]',
      headers: { prefer: 'return=representation' },
    })
    expect(updated.text).toContain('12345678901234567890')
  })
})

describe('changes of the schema', () => {
  it('are visible in the next request after a reload, and after an unknown name without one', async () => {
    await using server = await startRest(schema, { catalog: { pollIntervalMs: 60_000 } })
    const found = async (path: string) => (await server.call('GET', path)).status
    expect(await found('/fresh')).toBe(404)
    await server.db.sql('create table fresh (id int primary key, a int); grant select on fresh to anon')
    await server.catalog.reload()
    expect(await found('/fresh?select=id')).toBe(200)
    await server.db.sql('alter table fresh add column later int')
    await server.catalog.reload()
    expect(await found('/fresh?select=later')).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 150))
    await server.db.sql('create table unannounced (id int primary key); grant select on unannounced to anon')
    expect(await found('/unannounced')).toBe(200)
  })

  it('reach plans that were cached: a dropped column and a dropped table', async () => {
    await using server = await startRest(schema)
    expect((await server.call('GET', '/labels')).json[0]).toEqual({ id: 1, name: 'red' })
    await server.db.sql('alter table labels add column extra int default 7')
    await server.catalog.reload()
    expect((await server.call('GET', '/labels')).json[0]).toEqual({ id: 1, name: 'red', extra: 7 })
    await server.db.sql('alter table labels drop column extra')
    await server.catalog.reload()
    expect((await server.call('GET', '/labels')).json[0]).toEqual({ id: 1, name: 'red' })
    await server.db.sql('drop table post_labels, labels')
    await server.catalog.reload()
    expect((await server.call('GET', '/labels')).json.code).toBe('PGRST205')
  })
})

describe('settings of a request', () => {
  it('are set when a function reads them', async () => {
    await using server = await startRest(`${schema}; create function seen(name text) returns text language sql stable as
      $$ select current_setting('request.' || name, true) $$; grant execute on function seen(text) to anon`)
    const seen = async (name: string) =>
      (await server.call('GET', `/rpc/seen?name=${name}`, { headers: { 'x-colour': 'blue', cookie: 'a=1; b=2' } })).json
    expect(await seen('method')).toBe('GET')
    expect(await seen('path')).toBe('/rest/v1/rpc/seen')
    expect(JSON.parse(await seen('headers'))).toMatchObject({ 'x-colour': 'blue' })
    expect(JSON.parse(await seen('cookies'))).toEqual({ a: '1', b: '2' })
    expect(JSON.parse(await seen('jwt.claims'))).toEqual({ role: 'anon' })
  })
})

describe('the platform’s own schema', () => {
  it('reads no settings of a request but the claims, so that small requests stay cheap', async () => {
    await using server = await startRest(schema)
    expect(server.catalog.current().readsRequestSettings).toBe(false)
  })
})
