// What surrounds the statement of a request: settings of its role and of the function it calls, the pre-request function,
// and what functions leave for the response.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRest, users, type RestServer } from './rest-server.ts'

const schema = `
create schema hidden;
grant usage on schema hidden to anon, authenticated;
create table things (id int primary key, name text, owner text default current_setting('app.owner', true));
alter table things enable row level security;
create policy everybody on things using (true) with check (true);
grant select, insert, update, delete on things to anon, authenticated;
insert into things values (1, 'one', null);


create function setting(name text) returns text language sql volatile as $$ select current_setting(name, true) $$;
create function pause(seconds float8) returns int language sql volatile as $$ select 1 from pg_sleep(seconds) $$;
create function short_pause(seconds float8) returns int language sql volatile set statement_timeout = '100ms' as $$ select 1 from pg_sleep(seconds) $$;
create function strict_level() returns text language sql volatile set default_transaction_isolation = 'serializable' as $$ select current_setting('transaction_isolation') $$;

create function respond(headers text, status text) returns text language plpgsql volatile as $$ begin
  perform set_config('response.headers', headers, true), set_config('response.status', status, true); return 'body'; end $$;

create function hidden.guard() returns void language plpgsql as $$
declare headers json := current_setting('request.headers', true)::json;
begin
  perform set_config('app.owner', coalesce(headers ->> 'x-owner', ''), true);
  if headers ->> 'x-refuse' is not null then
    raise sqlstate 'PGRST' using message = '{"code": "NO", "message": "not you"}',
      detail = '{"status": 420, "status_text": "Calm Down", "headers": {"X-Why": "because", "Content-Length": "0"}}';
  end if;
  if current_setting('request.path', true) like '%/rpc/pause' then raise exception 'no pauses' using errcode = 'PT429', hint = 'wait'; end if;
end $$;
grant execute on all functions in schema public, hidden to anon, authenticated;
`

/** In one database only: roles are those of all tests. */
const roleSettings = (database: string) => `
  alter role authenticated in database ${database} set statement_timeout = '400ms';
  alter role authenticated in database ${database} set default_transaction_isolation = 'repeatable read';
  alter role authenticated in database ${database} set timezone = 'Asia/Tokyo'`

async function startWithRoleSettings(): Promise<RestServer> {
  const started = await startRest(schema)
  await started.db.superuserSql(roleSettings(started.db.name))
  await started.catalog.reload()
  return started
}

let server: RestServer
let guarded: RestServer
beforeAll(async () => {
  ;[server, guarded] = await Promise.all([startWithRoleSettings(), startRest(schema, { rest: { preRequest: 'hidden.guard' } })])
})
afterAll(async () => {
  await Promise.all([server?.[Symbol.asyncDispose](), guarded?.[Symbol.asyncDispose]()])
})

const call = (name: string, body: object, as?: string, headers: Record<string, string> = {}) =>
  server.call('POST', `/rpc/${name}`, { body, as, headers })

describe('settings of the role', () => {
  it('hold for its requests only', async () => {
    expect((await call('setting', { name: 'timezone' }, users.ann)).json).toBe('Asia/Tokyo')
    expect((await call('setting', { name: 'transaction_isolation' }, users.ann)).json).toBe('repeatable read')
    expect((await call('setting', { name: 'transaction_isolation' })).json).toBe('read committed')
    expect((await call('setting', { name: 'timezone' })).json).not.toBe('Asia/Tokyo')
    expect((await server.call('GET', '/things?select=id', { as: users.ann })).json).toEqual([{ id: 1 }])
  })

  it('limit the time of a statement', async () => {
    const late = await call('pause', { seconds: 2 }, users.ann)
    expect([late.status, late.json.code, late.json.message]).toEqual([500, '57014', 'canceling statement due to statement timeout'])
    expect((await call('pause', { seconds: 0.5 })).status).toBe(200)
  })

  it('give way to what the request prefers and what the function says', async () => {
    const there = await call('setting', { name: 'timezone' }, users.ann, { prefer: 'timezone=Europe/Rome' })
    expect(there.json).toBe('Europe/Rome')
    expect((await call('short_pause', { seconds: 0.3 })).json.code).toBe('57014')
    expect((await call('strict_level', {}, users.ann)).json).toBe('serializable')
  })

  it('reach requests whose plan was made before them', async () => {
    await using own = await startWithRoleSettings()
    const zone = () => own.call('POST', '/rpc/setting', { body: { name: 'timezone' }, as: users.ann }).then(({ json }) => json as string)
    for (let i = 0; i < 3; i++) expect(await zone()).toBe('Asia/Tokyo')
    await own.db.superuserSql(`alter role authenticated in database ${own.db.name} set timezone = 'Asia/Seoul'`)
    await own.catalog.reload()
    expect(await zone()).toBe('Asia/Seoul')
  })
})

describe('the pre-request function', () => {
  it('runs in the transaction of every request, under its role, in one round trip', async () => {
    guarded.statements.length = 0
    const made = await guarded.call('POST', '/things?select=owner', {
      body: { id: 2 },
      headers: { prefer: 'return=representation', 'x-owner': 'me' },
    })
    expect([made.status, made.json]).toEqual([201, [{ owner: 'me' }]])
    expect(guarded.statements).toHaveLength(1)
  })

  it('refuses requests with what it raises', async () => {
    const refused = await guarded.app.inject({ method: 'GET', url: '/rest/v1/things', headers: { 'x-refuse': '1' } })
    expect([refused.statusCode, refused.statusMessage, refused.headers['x-why'], JSON.parse(refused.payload)]).toEqual([
      420,
      'Calm Down',
      'because',
      { code: 'NO', details: null, hint: null, message: 'not you' },
    ])
    expect(refused.headers['content-length']).toBe(String(refused.payload.length))
    const empty = await guarded.call('POST', '/things', { body: [], headers: { 'x-refuse': '1' } })
    expect(empty.status).toBe(420)
    const paused = await guarded.call('POST', '/rpc/pause', { body: { seconds: 0 } })
    expect([paused.status, paused.json]).toEqual([429, { code: 'PT429', details: null, hint: 'wait', message: 'no pauses' }])
  })

  it('that does not exist refuses everything', async () => {
    await using wrong = await startRest(schema, { rest: { preRequest: 'hidden.nobody' } })
    const refused = await wrong.call('GET', '/things')
    expect([refused.status, refused.json.code]).toEqual([404, '42883'])
  })
})

describe('what a function leaves for the response', () => {
  const respond = (headers: string | null, status: string | null) => call('respond', { headers, status })

  it('headers are added and take the place of ours, a status that of ours', async () => {
    const answer = await respond('[{"X-One": "1"}, {"Set-Cookie": "a=1"}, {"Set-Cookie": "b=2"}, {"Content-Type": "text/special"}]', '418')
    expect([answer.status, answer.headers['x-one'], answer.headers['set-cookie'], answer.headers['content-type'], answer.text]).toEqual([
      418,
      '1',
      ['a=1', 'b=2'],
      'text/special',
      '"body"',
    ])
    const plain = await respond(null, null)
    expect([plain.status, plain.headers['x-one'], plain.headers['content-type']]).toEqual([
      200,
      undefined,
      'application/json; charset=utf-8',
    ])
  })

  it('a status without a body has none', async () => {
    const empty = await respond(null, '204')
    expect([empty.status, empty.text]).toEqual([204, ''])
  })

  it.each(['{"a": "b"}', 'x', '[1]', '[{"a": 1}]', '[{"a": "1", "b": "2"}]', '[{"a": "1\\r\\nSet-Cookie: x=1"}]', '[{"a b": "1"}]'])(
    'headers %s are refused',
    async (headers) => {
      const refused = await respond(headers, null)
      expect([refused.status, refused.json.code, refused.json.message]).toEqual([
        500,
        'PGRST111',
        'response.headers guc must be a JSON array composed of objects with a single key and a string value',
      ])
    },
  )

  it.each(['x', '99', '100', '1000', '-200'])('a status %s is refused', async (status) => {
    const refused = await respond(null, status)
    expect([refused.status, refused.json.code, refused.json.message]).toEqual([
      500,
      'PGRST112',
      'response.status guc must be a valid status code',
    ])
  })

  it('headers that frame the answer are not taken over', async () => {
    const answer = await respond('[{"Content-Length": "1"}, {"Transfer-Encoding": "chunked"}, {"Connection": "upgrade"}]', null)
    expect([answer.text, answer.headers['transfer-encoding'], answer.headers['content-length']]).toEqual(['"body"', undefined, '6'])
  })
})
