// Representations of an answer by Accept, over a real Postgres.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRest, type RestServer, type TestResponse } from './rest-server.ts'

const schema = `
create table things (id int primary key, name text, note text);
grant select, insert, update, delete on things to anon;
insert into things values (1, 'one', null), (2, 'a "quoted", one', 'n');

create domain "text/html" as text;
create domain "image/png" as bytea;
create domain "application/vnd.lines" as text;
create domain "*/*" as bytea;
create function page() returns "text/html" language sql stable as $$ select '<b>hi</b>'::"text/html" $$;
create function picture() returns "image/png" language sql stable as $$ select '\\x89504e470a'::bytea::"image/png" $$;
create function anything() returns "*/*" language plpgsql stable as $$ begin
  perform set_config('response.headers', '[{"Content-Type": "application/x-any"}]', true); return '\\xff00'::bytea; end $$;
create function raw() returns bytea language sql stable as $$ select '\\x00ff'::bytea $$;
create function word() returns text language sql stable as $$ select 'a "word"' $$;
create function document() returns xml language sql stable as $$ select '<a>1</a>'::xml $$;
create function listed() returns setof things language sql stable as $$ select * from things $$;
create function one_thing() returns things language sql stable as $$ select * from things where id = 1 $$;
create function no_thing() returns void language sql volatile as $$ select $$;
create function lines_step(state "application/vnd.lines", item things) returns "application/vnd.lines"
  language sql immutable as $$ select (state || item.id || E'\\n')::"application/vnd.lines" $$;
create aggregate lines_of(things) (initcond = '', stype = "application/vnd.lines", sfunc = lines_step);
create function tally_step(state "text/html", item anyelement) returns "text/html"
  language sql immutable as $$ select (state || '<li>')::"text/html" $$;
create aggregate tally(anyelement) (initcond = '', stype = "text/html", sfunc = tally_step);
grant execute on all functions in schema public to anon;
`

let server: RestServer
let planning: RestServer
beforeAll(async () => {
  ;[server, planning] = await Promise.all([startRest(schema), startRest(schema, { rest: { plans: true } })])
})
afterAll(async () => {
  await Promise.all([server?.[Symbol.asyncDispose](), planning?.[Symbol.asyncDispose]()])
})

const get = (path: string, accept?: string) => server.call('GET', path, { headers: accept === undefined ? {} : { accept } })
const shown = ({ status, headers, text }: TestResponse) => [status, headers['content-type'], text]

describe('rows', () => {
  it('are JSON for whoever does not mind', async () => {
    for (const accept of [undefined, '*/*', 'application/json', 'text/unknown, */*;q=0.1', 'application/vnd.pgrst.array+json']) {
      const answer = await get('/things?select=id&order=id', accept)
      expect([answer.headers['content-type'], answer.json], accept).toEqual(['application/json; charset=utf-8', [{ id: 1 }, { id: 2 }]])
    }
  })

  it('are CSV with a head line, in the order of the selection', async () => {
    expect(shown(await get('/things?select=name,id&order=id', 'text/csv'))).toEqual([
      200,
      'text/csv; charset=utf-8',
      'name,id\none,1\n"a ""quoted"", one",2',
    ])
  })

  it('lose their nulls when that is asked for', async () => {
    const stripped = await get('/things?id=eq.1', 'application/vnd.pgrst.array+json;nulls=stripped')
    expect(stripped.headers['content-type']).toBe('application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8')
    expect(stripped.json).toEqual([{ id: 1, name: 'one' }])
    const single = await get('/things?id=eq.1', 'application/vnd.pgrst.object+json;nulls=stripped')
    expect(single.headers['content-type']).toBe('application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8')
    expect(single.json).toEqual({ id: 1, name: 'one' })
  })

  it('are one object, or 406 when there is another number of them', async () => {
    expect((await get('/things?id=eq.1', 'application/vnd.pgrst.object')).headers['content-type']).toBe(
      'application/vnd.pgrst.object+json; charset=utf-8',
    )
    const two = await get('/things', 'application/vnd.pgrst.object+json')
    expect([two.status, two.json]).toEqual([
      406,
      { code: 'PGRST116', details: 'The result contains 2 rows', hint: null, message: 'Cannot coerce the result to a single JSON object' },
    ])
  })

  it('are refused in what nobody makes of them, and HEAD has the head of GET', async () => {
    const refused = await get('/things', 'text/xml;q=0.5, image/gif')
    expect([refused.status, refused.json.message]).toEqual([406, 'None of these media types are available: image/gif, text/xml'])
    expect((await get('/things', 'application/geo+json')).json.code).toBe('PGRST107')
    const head = await server.call('HEAD', '/things', { headers: { accept: 'text/csv' } })
    expect(shown(head)).toEqual([200, 'text/csv; charset=utf-8', ''])
  })

  it('of a write come in the representation that is asked for, and only with return=representation', async () => {
    const headers = { accept: 'text/csv', prefer: 'return=representation' }
    const written = await server.call('PATCH', '/things?id=eq.1&select=id,name', { body: { name: 'uno' }, headers })
    expect(shown(written)).toEqual([200, 'text/csv; charset=utf-8', 'id,name\n1,uno'])
    const bare = await server.call('PATCH', '/things?id=eq.1', { body: { name: 'one' }, headers: { accept: 'text/csv' } })
    expect([bare.status, bare.text]).toEqual([204, ''])
  })
})

describe("the owner's media types", () => {
  it('an aggregate over a table makes its representation, when nothing is selected', async () => {
    expect(shown(await get('/things?order=id', 'application/vnd.lines'))).toEqual([200, 'application/vnd.lines', '1\n2\n'])
    expect((await get('/things?select=id', 'application/vnd.lines')).status).toBe(406)
    expect(shown(await get('/rpc/listed?order=id', 'application/vnd.lines'))).toEqual([200, 'application/vnd.lines', '1\n2\n'])
  })

  it('an aggregate over anything serves every table and selection', async () => {
    expect(shown(await get('/things?select=id', 'text/html'))).toEqual([200, 'text/html', '<li><li>'])
  })

  it('a function whose result is named like a media type answers with it', async () => {
    expect(shown(await get('/rpc/page', 'text/html'))).toEqual([200, 'text/html', '<b>hi</b>'])
    expect(shown(await get('/rpc/page', 'text/*, */*;q=0.1'))).toEqual([200, 'text/html', '<b>hi</b>'])
    const response = await server.app.inject({ method: 'GET', url: '/rest/v1/rpc/picture', headers: { accept: 'image/png' } })
    expect([response.headers['content-type'], response.rawPayload.toString('hex')]).toEqual(['image/png', '89504e470a'])
    expect((await get('/rpc/picture', 'application/json')).json).toBe('\\x89504e470a')
  })

  it('one that is any type says itself which', async () => {
    const response = await server.app.inject({ method: 'GET', url: '/rest/v1/rpc/anything', headers: { accept: 'video/mp4' } })
    expect([response.headers['content-type'], response.rawPayload.toString('hex')]).toEqual(['application/x-any', 'ff00'])
  })
})

describe('scalars', () => {
  it('come bare as text, XML and bytes', async () => {
    expect(shown(await get('/rpc/word', 'text/plain'))).toEqual([200, 'text/plain; charset=utf-8', 'a "word"'])
    expect(shown(await get('/rpc/document', 'text/xml'))).toEqual([200, 'text/xml; charset=utf-8', '<a>1</a>'])
    const response = await server.app.inject({ method: 'GET', url: '/rest/v1/rpc/raw', headers: { accept: 'application/octet-stream' } })
    expect([response.headers['content-type'], response.rawPayload.toString('hex')]).toEqual(['application/octet-stream', '00ff'])
  })

  it('are JSON otherwise, and nothing else', async () => {
    expect((await get('/rpc/word')).json).toBe('a "word"')
    expect((await get('/rpc/word', 'application/octet-stream')).status).toBe(406)
    expect((await get('/rpc/word', 'text/xml')).status).toBe(406)
    expect((await get('/rpc/listed', 'text/plain')).status).toBe(406)
    expect((await get('/rpc/one_thing')).json).toEqual({ id: 1, name: 'one', note: null })
    const nothing = await server.call('POST', '/rpc/no_thing')
    expect([nothing.status, nothing.text, nothing.headers['content-type']]).toEqual([204, '', undefined])
  })
})

describe('plans', () => {
  const plan = (path: string, accept: string, method = 'GET', more: object = {}) =>
    planning.call(method, path, { headers: { accept, ...more }, body: method === 'GET' ? undefined : {} })

  it('are refused unless the owner switched them on', async () => {
    const refused = await get('/things', 'application/vnd.pgrst.plan+json; options=analyze')
    expect([refused.status, refused.json.message]).toEqual([
      406,
      'None of these media types are available: application/vnd.pgrst.plan+json; for="application/json"; options=analyze',
    ])
  })

  it('come as JSON or text with the options that are asked for', async () => {
    const json = await plan('/things?id=eq.1', 'application/vnd.pgrst.plan+json; for="text/csv"; options=analyze|buffers')
    expect([json.status, json.headers['content-type']]).toEqual([
      200,
      'application/vnd.pgrst.plan+json; for="text/csv"; options=analyze|buffers; charset=utf-8',
    ])
    expect(json.json[0].Plan['Actual Rows']).toBe(1)
    const text = await plan('/things', 'application/vnd.pgrst.plan')
    expect(text.headers['content-type']).toBe('application/vnd.pgrst.plan+text; for="application/json"; charset=utf-8')
    expect(text.text).toMatch(/^Aggregate .*\n.*Seq Scan on things/s)
    expect(text.text).not.toContain('actual')
  })

  it('of a write do not write, unless they are run', async () => {
    const accept = 'application/vnd.pgrst.plan+json; for="application/vnd.pgrst.object+json"'
    const described = await plan('/things?id=eq.1', accept, 'DELETE')
    expect([described.status, described.json[0].Plan['Plans']?.length]).toEqual([200, expect.any(Number)])
    expect((await planning.call('GET', '/things?select=id')).json).toHaveLength(2)
  })
})
