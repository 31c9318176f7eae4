// Statuses and headers of answers and errors that no other suite is about.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRest, tokenOf, users, type RestServer } from './rest-server.ts'

const schema = `
create schema other;
grant usage on schema other to anon, authenticated, service_role;
create table things (id int primary key, name text not null check (name <> 'bad'), size int);
create table other.elsewhere (id int primary key);
create view fixed as select count(*) as n from things;
create view shown as select id, name from things;
create table closed (id int primary key);
grant select, insert, update, delete on things, shown, fixed to anon, authenticated, service_role;
grant select on other.elsewhere to anon;
insert into things select n, 'thing ' || n from generate_series(1, 3) n;
create function reading() returns int language sql stable as $$ select 1 $$;
create function writing() returns int language sql volatile as $$ select 1 $$;
create function delete_none() returns int language plpgsql volatile as $$ begin delete from things where false; return 1; end $$;
create function hurt(state text, message text) returns int language plpgsql volatile as $$ begin raise exception using errcode = state, message = message; end $$;
create function raise(message text, detail text) returns int language plpgsql volatile as $$ begin
  if detail is null then raise sqlstate 'PGRST' using message = message; end if;
  raise sqlstate 'PGRST' using message = message, detail = detail; end $$;
grant execute on all functions in schema public to anon, authenticated, service_role;
`

let server: RestServer
beforeAll(async () => {
  server = await startRest(schema, { catalog: { schemas: ['public', 'other'] } })
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const get = (path: string, headers: Record<string, string> = {}) => server.call('GET', path, { headers })

describe('Content-Location', () => {
  it.each([
    ['/things', '/things'],
    ['/things?', '/things'],
    ['/things?size=is.null&id=gt.1', '/things?id=gt.1&size=is.null'],
    ['/things?select=*&name=eq.thing+1', '/things?name=eq.thing%201&select=%2A'],
    ['/things?id=in.(1,2)&&order=id', '/things?id=in.%281%2C2%29&order=id'],
    ['/things?name=eq.%C3%A9', '/things?name=eq.%C3%A9'],
    ['/things?name=eq.%0d%0aX:1', '/things?name=eq.%0D%0AX%3A1'],
  ])('of %s is %s', async (path, location) => {
    const answer = await get(path)
    expect([answer.status, answer.headers['content-location']]).toEqual([200, location])
  })

  it('is not there for functions and writes', async () => {
    expect((await get('/rpc/reading')).headers['content-location']).toBeUndefined()
    expect((await server.call('PATCH', '/things?id=eq.1', { body: { size: 1 } })).headers['content-location']).toBeUndefined()
  })
})

describe('profiles', () => {
  it('choose the schema, and the answer says which', async () => {
    expect((await get('/things')).headers['content-profile']).toBe('public')
    const there = await get('/elsewhere', { 'accept-profile': 'other' })
    expect([there.status, there.headers['content-profile']]).toEqual([200, 'other'])
    expect((await get('/elsewhere')).status).toBe(404)
    expect((await server.call('POST', '/rpc/reading', { headers: { 'content-profile': 'other' } })).status).toBe(404)
  })

  it('that are not exposed are refused with those that are', async () => {
    for (const method of ['GET', 'OPTIONS'] as const) {
      const refused = await server.call(method, '/things', { headers: { 'accept-profile': 'auth' } })
      expect([refused.status, refused.json]).toEqual([
        406,
        { code: 'PGRST106', details: null, hint: 'Only the following schemas are exposed: public, other', message: 'Invalid schema: auth' },
      ])
    }
  })
})

describe('OPTIONS', () => {
  it.each([
    ['/things', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'],
    ['/shown', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'],
    ['/fixed', 'OPTIONS,GET,HEAD'],
    ['/rpc/reading', 'OPTIONS,GET,HEAD,POST'],
    ['/rpc/writing', 'OPTIONS,POST'],
    ['/', 'OPTIONS,GET,HEAD'],
  ])('of %s allows %s', async (path, allowed) => {
    const answer = await server.call('OPTIONS', path)
    expect([answer.status, answer.headers['allow'], answer.text]).toEqual([200, allowed, ''])
  })

  it('of what is not there is 404', async () => {
    expect((await server.call('OPTIONS', '/nothing')).json.code).toBe('PGRST205')
    expect((await server.call('OPTIONS', '/rpc/nothing')).json.code).toBe('PGRST202')
  })
})

describe('refusals', () => {
  it('of methods and paths', async () => {
    const said = async (method: string, path: string) => {
      const { status, json } = await server.call(method, path, { body: method === 'GET' ? undefined : {} })
      return [status, json.code, json.message]
    }
    expect(await said('PATCH', '/rpc/reading')).toEqual([405, 'PGRST101', 'Cannot use the PATCH method on RPC'])
    expect(await said('DELETE', '/rpc/reading')).toEqual([405, 'PGRST101', 'Cannot use the DELETE method on RPC'])
    expect(await said('POST', '/')).toEqual([405, 'PGRST117', 'Unsupported HTTP method: POST'])
    expect(await said('GET', '/things/1')).toEqual([404, 'PGRST125', 'Invalid path specified in request URL'])
    expect(await said('GET', '/rpc/reading/1')).toEqual([404, 'PGRST125', 'Invalid path specified in request URL'])
    expect(await said('GET', '/rpc/')).toEqual([404, 'PGRST125', 'Invalid path specified in request URL'])
  })

  it('always have four keys, their code in Proxy-Status, and for HEAD no body', async () => {
    const refused = await get('/nothing')
    expect(Object.keys(refused.json)).toEqual(['code', 'details', 'hint', 'message'])
    expect([refused.headers['proxy-status'], refused.headers['content-type']]).toEqual([
      'PostgREST; error=PGRST205',
      'application/json; charset=utf-8',
    ])
    const head = await server.call('HEAD', '/nothing')
    expect([head.status, head.text, head.headers['proxy-status']]).toEqual([404, '', 'PostgREST; error=PGRST205'])
  })

  it('of a caller without and with a token', async () => {
    const anonymous = await get('/closed')
    expect([anonymous.status, anonymous.json.code, anonymous.headers['www-authenticate']]).toEqual([401, '42501', 'Bearer'])
    const known = await server.call('GET', '/closed', { as: users.ann })
    expect([known.status, known.headers['www-authenticate']]).toEqual([403, undefined])
    const expired = await get('/things', { authorization: `Bearer ${tokenOf(users.ann, 1)}` })
    expect([expired.status, expired.json.code, expired.json.message, expired.headers['www-authenticate']]).toEqual([
      401,
      'PGRST303',
      'JWT expired',
      'Bearer error="invalid_token", error_description="JWT expired"',
    ])
    const broken = await get('/things', { authorization: 'Bearer a.b' })
    expect([broken.status, broken.json.code, broken.json.message]).toEqual([401, 'PGRST301', 'Expected 3 parts in JWT; got 2'])
  })

  it('of a write in a read-only transaction', async () => {
    expect((await server.call('POST', '/rpc/delete_none')).status).toBe(200)
    const refused = await get('/rpc/delete_none')
    expect([refused.status, refused.json.code]).toEqual([405, '25006'])
  })

  it.each([
    ['P0001', 400],
    ['PT402', 402],
    ['PT999', 500],
    ['23505', 409],
    ['40001', 500],
    ['53300', 503],
    ['28000', 403],
    ['22023', 400],
  ])('a function that raises %s answers with %i', async (state, status) => {
    const refused = await server.call('POST', '/rpc/hurt', { body: { state, message: 'why' } })
    expect([refused.status, refused.json.code, refused.json.message]).toEqual([status, state, 'why'])
  })

  it('that a function words itself, and what is wrong with its words', async () => {
    const raise = (message: string, detail: string | null) => server.call('POST', '/rpc/raise', { body: { message, detail } })
    const said = '{"code": "X1", "message": "no", "details": "d", "hint": "h"}'
    const good = await raise(said, '{"status": 409, "headers": {"X-A": "1"}}')
    expect([good.status, good.headers['x-a'], good.json]).toEqual([409, '1', { code: 'X1', details: 'd', hint: 'h', message: 'no' }])
    expect((await raise('no json', '{"status": 409, "headers": {}}')).json).toEqual({
      code: 'PGRST121',
      details: "Invalid JSON value for MESSAGE: 'no json'",
      hint: "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.",
      message: 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error',
    })
    expect((await raise(said, null)).json.details).toBe('DETAIL is missing in the RAISE statement')
    expect((await raise(said, '{"status": "x"}')).json.details).toBe(`Invalid JSON value for DETAIL: '{"status": "x"}'`)
  })

  it('of a row show it to service_role only', async () => {
    const insert = (as?: string) => server.call('POST', '/things', { as, body: { id: 9, name: 'bad', size: 7 } })
    expect((await insert()).json).toMatchObject({ code: '23514', details: null })
    expect((await insert(users.ann)).json.details).toBeNull()
    expect((await insert('service')).json.details).toBe('Failing row contains (9, bad, 7).')
  })
})
