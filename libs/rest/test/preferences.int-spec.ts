// Prefer and Range over a real Postgres: what they do, and what the answer says about it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRest, type RestServer } from './rest-server.ts'

const schema = `
create table things (id int primary key, name text);
grant select, insert, update, delete on things to anon;
insert into things select n, 'thing ' || n from generate_series(1, 30) n;
analyze things;
create table many (id int primary key);
grant select on many to anon;
insert into many select generate_series(1, 500);
analyze many;
create table parents (id int primary key);
create table children (id int primary key, parent int references parents deferrable initially deferred);
grant all on parents, children to anon;
create function zone() returns text language sql stable as $$ select current_setting('timezone') $$;
create function rename(prefix text) returns setof things language sql volatile as $$ update things set name = prefix || id returning * $$;
create function one() returns int language sql volatile as $$ select 1 $$;
grant execute on all functions in schema public to anon;
`

let server: RestServer
let testing: RestServer
beforeAll(async () => {
  ;[server, testing] = await Promise.all([
    startRest(schema, { rest: { rowsMax: 100 } }),
    startRest(schema, { rest: { txEnd: 'commit-allow-override' } }),
  ])
})
afterAll(async () => {
  await Promise.all([server?.[Symbol.asyncDispose](), testing?.[Symbol.asyncDispose]()])
})

const get = (path: string, prefer?: string, more: Record<string, string> = {}) =>
  server.call('GET', path, { headers: prefer === undefined ? more : { prefer, ...more } })

describe('count', () => {
  it('exact counts what is there without limit and offset', async () => {
    const page = await get('/things?limit=10&offset=5&order=id', 'count=exact')
    expect([page.status, page.headers['content-range'], page.headers['preference-applied']]).toEqual([206, '5-14/30', 'count=exact'])
    const all = await get('/things', 'count=exact')
    expect([all.status, all.headers['content-range']]).toEqual([200, '0-29/30'])
    const none = await get('/things?id=eq.0', 'count=exact')
    expect([none.status, none.headers['content-range'], none.json]).toEqual([200, '*/0', []])
  })

  it('planned is what the planner expects, in the same round trip', async () => {
    server.statements.length = 0
    const planned = await get('/many?limit=10', 'count=planned')
    expect([planned.status, planned.headers['content-range'], planned.headers['preference-applied']]).toEqual([
      206,
      '0-9/500',
      'count=planned',
    ])
    expect(server.statements).toHaveLength(1)
    expect(server.statements[0]!.text).not.toContain('count(*) from')
    // A filter's estimate, not a scan: the planner does not know these values.
    expect((await get('/many?id=gt.250', 'count=planned')).headers['content-range']).toMatch(/^0-99\/\d+$/)
  })

  it('estimated is exact while an answer could hold it, and the larger of both beyond', async () => {
    expect((await get('/things?limit=5', 'count=estimated')).headers['content-range']).toBe('0-4/30')
    expect((await get('/many?limit=5', 'count=estimated')).headers['content-range']).toBe('0-4/500')
  })

  it('beyond the last row is 416 with a count, and an empty list without', async () => {
    const beyond = await get('/things?offset=31', 'count=exact')
    expect([beyond.status, beyond.headers['content-range'], beyond.json]).toEqual([
      416,
      '*/30',
      {
        code: 'PGRST103',
        details: 'An offset of 31 was requested, but there are only 30 rows.',
        hint: null,
        message: 'Requested range not satisfiable',
      },
    ])
    const unknown = await get('/things?offset=31')
    expect([unknown.status, unknown.headers['content-range'], unknown.json]).toEqual([200, '*/*', []])
  })

  it('of a write is what it changed', async () => {
    const call = (prefer: string) =>
      server.call('PATCH', '/things?id=lte.3', { body: { name: 'x' }, headers: { prefer } }).then(({ headers }) => headers['content-range'])
    expect([await call('count=exact'), await call('count=planned'), await call('return=minimal')]).toEqual(['0-2/3', '0-2/*', '0-2/*'])
    const gone = await server.call('DELETE', '/things?id=eq.0', { headers: { prefer: 'count=exact' } })
    expect([gone.status, gone.headers['content-range']]).toEqual([204, '*/0'])
  })

  it('of a function is that of its rows, and a scalar is one', async () => {
    expect((await get('/rpc/zone')).headers['content-range']).toBe('0-0/*')
  })
})

describe('Range', () => {
  it('selects rows of GET only, and meets limit and offset', async () => {
    expect((await get('/things?order=id', undefined, { range: '5-9' })).headers['content-range']).toBe('5-9/*')
    expect((await get('/things?order=id&limit=3', undefined, { range: '1-9' })).headers['content-range']).toBe('1-2/*')
    expect((await get('/things', undefined, { range: 'bytes=0-1' })).json).toHaveLength(30)
    const head = await server.call('HEAD', '/things', { headers: { range: '5-9' } })
    expect(head.headers['content-range']).toBe('0-29/*')
  })

  it('that ends before it begins is refused', async () => {
    const refused = await get('/things', undefined, { range: '9-5' })
    expect([refused.status, refused.json.details]).toEqual([
      416,
      'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
    ])
  })
})

describe('handling', () => {
  it('strict refuses what it does not know', async () => {
    const refused = await get('/things', 'handling=strict, anything, timezone=Mars/Olympus')
    expect([refused.status, refused.json]).toEqual([
      400,
      {
        code: 'PGRST122',
        details: 'Invalid preferences: anything, timezone=Mars/Olympus',
        hint: null,
        message: 'Invalid preferences given with handling=strict',
      },
    ])
    expect((await get('/things', 'handling=lenient, anything')).headers['preference-applied']).toBe('handling=lenient')
  })
})

describe('timezone', () => {
  it('holds for the request and no longer; a wrong one is left aside', async () => {
    const own = (await get('/rpc/zone')).json as string
    const there = await get('/rpc/zone', 'timezone=America/Los_Angeles')
    expect([there.json, there.headers['preference-applied']]).toEqual(['America/Los_Angeles', 'timezone=America/Los_Angeles'])
    const wrong = await get('/rpc/zone', 'timezone=Mars/Olympus')
    expect([wrong.json, wrong.headers['preference-applied']]).toEqual([own, undefined])
  })
})

describe('max-affected', () => {
  const patch = (prefer: string, name = 'much') => server.call('PATCH', '/things?id=gt.20', { body: { name }, headers: { prefer } })

  it('strictly refuses and undoes a change of more rows', async () => {
    const refused = await patch('handling=strict, max-affected=9')
    expect([refused.status, refused.json]).toEqual([
      400,
      {
        code: 'PGRST124',
        details: 'The query affects 10 rows',
        hint: null,
        message: 'Query result exceeds max-affected preference constraint',
      },
    ])
    expect((await get('/things?name=eq.much')).json).toEqual([])
    const fits = await patch('handling=strict, max-affected=10', 'fits')
    expect([fits.status, fits.headers['preference-applied']]).toEqual([204, 'handling=strict, max-affected=10'])
  })

  it('is without effect leniently, and for reads and inserts', async () => {
    expect((await patch('max-affected=1')).status).toBe(204)
    expect((await get('/things', 'handling=strict, max-affected=1')).status).toBe(200)
  })

  it('holds for functions that give rows, and is refused for others', async () => {
    const call = (name: string, body: object) =>
      server.call('POST', `/rpc/${name}`, { body, headers: { prefer: 'handling=strict, max-affected=2' } })
    const many = await call('rename', { prefix: 'p' })
    expect([many.status, many.json.code]).toEqual([400, 'PGRST124'])
    expect((await get('/things?name=like.p*')).json).toEqual([])
    const scalar = await call('one', {})
    expect([scalar.status, scalar.json.code]).toEqual([400, 'PGRST128'])
  })
})

describe('tx', () => {
  const insert = (on: RestServer, path: string, body: object, prefer: string) =>
    on.call('POST', path, { body, headers: { prefer: `return=representation, ${prefer}` } })

  it('rollback answers as if it were kept, and keeps nothing', async () => {
    const tried = await insert(testing, '/things', { id: 99, name: 'tried' }, 'tx=rollback')
    expect([tried.status, tried.json, tried.headers['preference-applied']]).toEqual([
      201,
      [{ id: 99, name: 'tried' }],
      'return=representation, tx=rollback',
    ])
    expect((await testing.call('GET', '/things?id=eq.99')).json).toEqual([])
    expect((await insert(testing, '/things', { id: 99, name: 'kept' }, 'tx=commit')).status).toBe(201)
    expect((await testing.call('GET', '/things?id=eq.99')).json).toHaveLength(1)
  })

  it('rollback finds what COMMIT would have refused', async () => {
    const orphan = await insert(testing, '/children', { id: 1, parent: 7 }, 'tx=rollback')
    expect([orphan.status, orphan.json.code]).toEqual([409, '23503'])
  })

  it('is without effect where the server alone decides', async () => {
    const kept = await insert(server, '/things', { id: 98, name: 'kept' }, 'tx=rollback')
    expect([kept.status, kept.headers['preference-applied']]).toEqual([201, 'return=representation'])
    expect((await get('/things?id=eq.98')).json).toHaveLength(1)
  })

  it('a server that rolls everything back keeps nothing', async () => {
    await using trying = await startRest(schema, { rest: { txEnd: 'rollback' } })
    expect((await insert(trying, '/things', { id: 99, name: 'tried' }, 'tx=commit')).status).toBe(201)
    expect((await trying.call('GET', '/things?id=eq.99')).json).toEqual([])
  })
})
