// What request headers choose: media types, schemas, kinds of bodies, preferences (contract table 2.3).
import { describe, expect, it } from 'vitest'
import { fixture, type RawRequest, send } from './fixture.ts'

const type = (answer: { headers: Headers }) => answer.headers.get('content-type')
const as = (accept: string): RawRequest => ({ headers: { accept } })
const representation = { prefer: 'return=representation' }

describe(`Accept on ${fixture.database}`, () => {
  it.each(['application/json', '*/*', 'application/*', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'])(
    '%s is json',
    async (accept) => {
      const answer = await send('GET /channels?select=id&id=eq.1', as(accept))
      expect([answer.status, type(answer), answer.json]).toEqual([200, 'application/json; charset=utf-8', [{ id: 1 }]])
    },
  )

  it('text/csv, quoted where needed', async () => {
    const answer = await send('GET /messages?select=id,message&order=id&limit=3', as('text/csv'))
    expect([answer.status, type(answer)]).toEqual([200, 'text/csv; charset=utf-8'])
    expect(answer.text).toBe('id,message\n1,"Hello World"\n2,Perfection\n3,"Some, (odd) ""x"""')
  })

  it('application/vnd.pgrst.object+json, with and without nulls', async () => {
    const object = await send('GET /messages?select=id,message&id=eq.4', as('application/vnd.pgrst.object+json'))
    expect([object.status, type(object), object.json]).toEqual([
      200,
      'application/vnd.pgrst.object+json; charset=utf-8',
      { id: 4, message: null },
    ])
    const stripped = await send('GET /messages?select=id,message&id=eq.4', as('application/vnd.pgrst.object+json;nulls=stripped'))
    expect([type(stripped), stripped.json]).toEqual(['application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8', { id: 4 }])
    expect((await send('GET /messages', as('application/vnd.pgrst.object+json'))).status).toBe(406)
  })

  it('application/vnd.pgrst.array+json;nulls=stripped', async () => {
    const answer = await send('GET /messages?select=id,message&id=gte.3&order=id', as('application/vnd.pgrst.array+json;nulls=stripped'))
    expect([type(answer), answer.json]).toEqual([
      'application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8',
      [{ id: 3, message: 'Some, (odd) "x"' }, { id: 4 }],
    ])
  })

  it('application/vnd.pgrst.plan as json and as text, with options', async () => {
    const json = await send('GET /users', as('application/vnd.pgrst.plan+json'))
    expect(type(json)).toMatch(/^application\/vnd\.pgrst\.plan\+json; for="application\/json"; charset=utf-8$/)
    expect(json.json[0]).toHaveProperty('Plan')
    const text = await send('GET /users', as('application/vnd.pgrst.plan+text; for="application/json"; options=analyze|buffers;'))
    expect(type(text)).toMatch(/^application\/vnd\.pgrst\.plan\+text; for="application\/json"; options=analyze\|buffers; charset=utf-8$/)
    expect(text.text).toMatch(/actual time=/)
    const plain = await send('GET /users', as('application/vnd.pgrst.plan'))
    expect(type(plain)).toMatch(/^application\/vnd\.pgrst\.plan\+text/)
  })

  it('text/plain, text/xml and application/octet-stream of scalar functions', async () => {
    const plain = await send('GET /rpc/some_text', as('text/plain'))
    expect([plain.status, type(plain), plain.text]).toEqual([200, 'text/plain; charset=utf-8', 'a <b>'])
    const xml = await send('GET /rpc/some_xml', as('text/xml'))
    expect([xml.status, type(xml), xml.text]).toEqual([200, 'text/xml; charset=utf-8', '<a>b</a>'])
    const bytes = await send('GET /rpc/some_bytes', as('application/octet-stream'))
    expect([bytes.status, type(bytes), [...bytes.bytes]]).toEqual([200, 'application/octet-stream', [0, 255, 65]])
  })

  it('a media type of the schema: a domain that a function returns', async () => {
    const page = await send('GET /rpc/page', as('text/html'))
    expect([page.status, type(page), page.text]).toEqual([200, 'text/html', '<h1>Hello</h1>'])
    const list = await send('GET /channels?order=id', as('application/vnd.chat.slugs'))
    expect([list.status, type(list), list.text]).toEqual([200, 'application/vnd.chat.slugs', 'public|random|empty'])
    expect((await send('GET /users', as('application/vnd.chat.slugs'))).status).toBe(406)
  })

  it('the first of several that there is', async () => {
    expect(type(await send('GET /channels', as('image/png, text/csv;q=0.5')))).toBe('text/csv; charset=utf-8')
  })
})

describe(`schemas on ${fixture.database}`, () => {
  it('Accept-Profile for reads, Content-Profile for writes and calls', async () => {
    expect((await send('GET /users?select=username', { headers: { 'accept-profile': 'personal' } })).json).toEqual([{ username: 'eve' }])
    const headers = { 'content-profile': 'personal', prefer: 'return=representation,tx=rollback' }
    const written = await send('POST /users?select=username', { body: { username: 'zed' }, headers })
    expect([written.status, written.json, written.headers.get('content-profile')]).toEqual([201, [{ username: 'zed' }], 'personal'])
    expect((await send('PATCH /users?username=eq.eve&select=status', { body: { status: 'ONLINE' }, headers })).json).toEqual([
      { status: 'ONLINE' },
    ])
    expect((await send('POST /rpc/add_them', { body: { a: 1, b: 1 }, headers: { 'content-profile': 'personal' } })).status).toBe(404)
  })
})

describe(`bodies on ${fixture.database}`, () => {
  const undone = { prefer: 'return=representation,tx=rollback' }

  it('json, with columns= choosing among the keys', async () => {
    const answer = await send('POST /parents?columns=id,name', { body: { id: 31, name: 'x', other: 'ignored' }, headers: undone })
    expect([answer.status, answer.json]).toEqual([201, [{ id: 31, name: 'x' }]])
  })

  it('csv, where NULL is null', async () => {
    const answer = await send('POST /stock?select=sku,shelf,amount', {
      body: 'sku,shelf,amount\ncsv1,"a ""b"", c",2\ncsv2,NULL,3',
      headers: { ...undone, 'content-type': 'text/csv' },
    })
    expect([answer.status, answer.json]).toEqual([
      201,
      [
        { sku: 'csv1', shelf: 'a "b", c', amount: 2 },
        { sku: 'csv2', shelf: null, amount: 3 },
      ],
    ])
  })

  it('forms, to a table and to a function', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const row = await send('POST /parents', { body: 'id=32&name=a+b%26c', headers: { ...undone, ...form } })
    expect([row.status, row.json]).toEqual([201, [{ id: 32, name: 'a b&c' }]])
    expect((await send('POST /rpc/add_them', { body: 'a=1&b=2', headers: form })).json).toBe(3)
  })

  it('text, bytes and xml for a single unnamed argument', async () => {
    const text = await send('POST /rpc/echo_text', { body: 'any "text"', headers: { 'content-type': 'text/plain', accept: 'text/plain' } })
    expect([text.status, text.text]).toEqual([200, 'any "text"'])
    const bytes = await send('POST /rpc/echo_bytes', {
      body: new Uint8Array([0, 1, 254, 255]),
      headers: { 'content-type': 'application/octet-stream', accept: 'application/octet-stream' },
    })
    expect([bytes.status, [...bytes.bytes]]).toEqual([200, [0, 1, 254, 255]])
    const xml = await send('POST /rpc/echo_xml', { body: '<x>1</x>', headers: { 'content-type': 'text/xml', accept: 'text/xml' } })
    expect([xml.status, xml.text]).toEqual([200, '<x>1</x>'])
    expect((await send('POST /rpc/echo_json', { body: [1, { a: null }] })).json).toEqual([1, { a: null }])
  })

  it('bulk updates do not exist: PATCH takes one object', async () => {
    const answer = await send('PATCH /parents?id=eq.1&columns=name', { body: { name: 'n', other: 1 }, headers: undone })
    expect(answer.status).toBe(200)
  })
})

describe(`Prefer on ${fixture.database}`, () => {
  const applied = async (line: string, prefer: string, body?: unknown) => {
    const answer = await send(line, { headers: { prefer }, body })
    return answer.headers.get('preference-applied')
  }

  it('is echoed in the fixed order, whatever the order asked', async () => {
    expect(await applied('GET /channels', 'count=exact')).toBe('count=exact')
    expect(await applied('GET /channels', 'timezone=UTC,handling=lenient , count=planned')).toBe(
      'count=planned, handling=lenient, timezone=UTC',
    )
    expect(await applied('POST /parents', 'tx=rollback, return=minimal,missing=default, count=exact', { id: 41, name: 'x' })).toBe(
      'missing=default, return=minimal, count=exact, tx=rollback',
    )
    expect(await applied('PATCH /parents?id=eq.0', 'return=headers-only, max-affected=3, handling=strict', { name: 'x' })).toBe(
      'return=headers-only, handling=strict, max-affected=3',
    )
    expect(await applied('POST /parents', 'resolution=ignore-duplicates,tx=rollback', { id: 41, name: 'x' })).toBe(
      'resolution=ignore-duplicates, tx=rollback',
    )
    expect(await applied('GET /channels', 'return=representation')).toBeNull()
  })

  it('takes the first of two that contradict', async () => {
    expect(await applied('GET /channels', 'count=exact,count=planned')).toBe('count=exact')
  })

  it('missing=default takes the defaults of columns, missing=null does not', async () => {
    const insert = (missing: string) =>
      send('POST /stock?columns=sku,amount&select=amount', {
        body: [{ sku: 'm1' }],
        headers: { prefer: `return=representation,tx=rollback,missing=${missing}` },
      })
    expect((await insert('default')).json).toEqual([{ amount: 1 }])
    expect((await insert('null')).json.code).toBe('23502')
  })

  it('timezone changes how times are shown, unless there is no such zone', async () => {
    const sent = async (prefer: string) => (await send('GET /messages?select=sent&id=eq.1', { headers: { prefer } })).json
    expect(await sent('timezone=America/Los_Angeles')).toEqual([{ sent: '2026-01-01T02:00:00-08:00' }])
    expect(await sent('timezone=Nowhere/Else')).toEqual(await sent('count=exact'))
    const strict = await send('GET /messages', { headers: { prefer: 'handling=strict, timezone=Nowhere/Else' } })
    expect([strict.status, strict.json.code, strict.json.details]).toEqual([400, 'PGRST122', 'Invalid preferences: timezone=Nowhere/Else'])
  })

  it('max-affected counts only with handling=strict', async () => {
    const change = (prefer: string) => send('PATCH /numbers?n=lte.3', { body: {}, headers: { prefer } })
    const remove = (prefer: string) => send('DELETE /numbers?n=lte.3', { headers: { prefer: `${prefer},tx=rollback` } })
    expect((await remove('max-affected=2,handling=lenient')).status).toBe(204)
    const refused = await remove('max-affected=2,handling=strict')
    expect([refused.status, refused.json.code, refused.json.details]).toEqual([400, 'PGRST124', 'The query affects 3 rows'])
    expect((await change('max-affected=2,handling=strict')).status).toBe(204)
  })

  it('tx=rollback writes nothing, tx=commit writes', async () => {
    const insert = (tx: string) => send('POST /children', { body: { id: 8051, name: 'x' }, headers: { prefer: `tx=${tx}` } })
    expect((await insert('rollback')).status).toBe(201)
    expect((await send('GET /children?id=eq.8051&select=id')).json).toEqual([])
    expect((await insert('commit')).status).toBe(201)
    expect((await send('GET /children?id=eq.8051&select=id')).json).toEqual([{ id: 8051 }])
    expect((await send('DELETE /children?id=eq.8051', { headers: representation })).json).toHaveLength(1)
  })
})
