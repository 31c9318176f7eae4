// Endpoints, statuses and headers of the answers as they are on the wire (contract tables 2.1 and 2.4).
import { beforeEach, describe, expect, it } from 'vitest'
import { fixture, send } from './fixture.ts'

const header = async (line: string, name: string, prefer?: string) =>
  (await send(line, { headers: prefer === undefined ? {} : { prefer } })).headers.get(name)

describe(`endpoints on ${fixture.database}`, () => {
  it('GET and HEAD of a table say the same, HEAD without the body', async () => {
    const got = await send('GET /channels?select=id&order=id')
    const head = await send('HEAD /channels?select=id&order=id')
    expect([got.status, head.status]).toEqual([200, 200])
    expect(got.json).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
    expect(head.text).toBe('')
    for (const name of ['content-type', 'content-range', 'content-location'])
      expect(head.headers.get(name), name).toBe(got.headers.get(name))
    expect(got.headers.get('content-type')).toBe('application/json; charset=utf-8')
  })

  it('OPTIONS of a table, a view, a function and the root name the methods', async () => {
    const allowed = async (path: string) => {
      const answer = await send(`OPTIONS ${path}`)
      expect(answer.status).toBe(200)
      return answer.headers.get('allow')
    }
    expect(await allowed('/channels')).toBe('OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE')
    expect(await allowed('/statuses')).toBe('OPTIONS,GET,HEAD')
    expect(await allowed('/rpc/add_them')).toBe('OPTIONS,GET,HEAD,POST')
    expect(await allowed('/rpc/do_nothing')).toBe('OPTIONS,POST')
    expect(await allowed('/')).toBe('OPTIONS,GET,HEAD')
    expect((await send('OPTIONS /missing')).status).toBe(404)
  })

  it('the root describes the API as OpenAPI 2.0', async () => {
    const answer = await send('GET /')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/openapi+json; charset=utf-8')
    expect(answer.json).toMatchObject({
      swagger: '2.0',
      definitions: { channels: { description: 'Where people talk', properties: { slug: { type: 'string' } }, required: ['id', 'slug'] } },
    })
    expect(Object.keys(answer.json.paths)).toEqual(expect.arrayContaining(['/', '/channels', '/rpc/add_them']))
    const head = await send('HEAD /')
    expect([head.status, head.text]).toEqual([200, ''])
    const asked = await send('GET /', { headers: { accept: 'application/openapi+json' } })
    expect(asked.status).toBe(200)
  })

  it('methods that there are not', async () => {
    const put = await send('PUT /rpc/add_them')
    expect([put.status, put.json.code, put.json.message]).toEqual([405, 'PGRST101', 'Cannot use the PUT method on RPC'])
    const root = await send('POST /', { body: {} })
    expect([root.status, root.json.code]).toEqual([405, 'PGRST117'])
    const deep = await send('GET /channels/1')
    expect([deep.status, deep.json]).toEqual([
      404,
      { code: 'PGRST125', details: null, hint: null, message: 'Invalid path specified in request URL' },
    ])
  })
})

describe(`Content-Range on ${fixture.database}`, () => {
  it.each([
    ['all rows', 'GET /users', undefined, '0-3/*'],
    ['all rows with count', 'GET /users', 'count=exact', '0-3/4'],
    ['a page', 'GET /users?limit=2&offset=1', undefined, '1-2/*'],
    ['a page with count', 'GET /users?limit=2&offset=1', 'count=exact', '1-2/4'],
    ['nothing', 'GET /users?username=eq.x', undefined, '*/*'],
    ['nothing with count', 'GET /users?username=eq.x', 'count=exact', '*/0'],
    ['limit 0', 'GET /users?limit=0', undefined, '*/*'],
    ['a function', 'GET /rpc/get_users?limit=1', 'count=exact', '0-0/4'],
    ['a scalar function', 'GET /rpc/get_integer', undefined, '0-0/*'],
  ])('of %s', async (_name, line, prefer, expected) => {
    expect(await header(line, 'content-range', prefer)).toBe(expected)
  })

  it('206 for a part when the count is known, 200 when not', async () => {
    expect((await send('GET /users?limit=2', { headers: { prefer: 'count=exact' } })).status).toBe(206)
    expect((await send('GET /users?limit=2')).status).toBe(200)
    expect((await send('GET /users?limit=4', { headers: { prefer: 'count=exact' } })).status).toBe(200)
  })

  it('Range and limit intersect; Range counts for GET only', async () => {
    const ranged = (path: string, range: string, prefer = '') =>
      send(path, { headers: { 'range-unit': 'items', range, ...(prefer === '' ? {} : { prefer }) } })
    expect((await ranged('GET /numbers?select=n&order=n', '0-1')).json).toEqual([{ n: 1 }, { n: 2 }])
    expect((await ranged('GET /numbers?select=n&order=n&limit=5', '1-3')).json).toEqual([{ n: 2 }, { n: 3 }, { n: 4 }])
    expect((await ranged('GET /numbers?select=n&order=n&limit=2', '0-9')).json).toEqual([{ n: 1 }, { n: 2 }])
    expect((await ranged('GET /numbers?select=n&order=n', '198-')).json).toEqual([{ n: 199 }, { n: 200 }])
    expect((await ranged('GET /numbers?select=n', '0-9', 'count=exact')).headers.get('content-range')).toBe('0-9/200')
    const backwards = await ranged('GET /numbers', '5-1')
    expect([backwards.status, backwards.json]).toEqual([
      416,
      {
        code: 'PGRST103',
        details: 'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
        hint: null,
        message: 'Requested range not satisfiable',
      },
    ])
  })

  it('416 for an offset beyond the rows with count, and for a negative limit', async () => {
    const beyond = await send('GET /users?offset=9', { headers: { prefer: 'count=exact' } })
    expect([beyond.status, beyond.headers.get('content-range'), beyond.json.details]).toEqual([
      416,
      '*/4',
      'An offset of 9 was requested, but there are only 4 rows.',
    ])
    const negative = await send('GET /users?limit=-1')
    expect([negative.status, negative.json.code, negative.json.details]).toEqual([
      416,
      'PGRST103',
      'Limit should be greater than or equal to zero.',
    ])
  })

  it('count=planned and count=estimated ask the planner', async () => {
    for (const count of ['planned', 'estimated']) {
      const answer = await send('GET /numbers?select=n&limit=5', { headers: { prefer: `count=${count}` } })
      expect(answer.headers.get('content-range'), count).toBe('0-4/200')
      expect(answer.status).toBe(206)
    }
  })
})

describe(`writes on ${fixture.database}`, () => {
  beforeEach(async () => {
    await send('DELETE /children?id=lt.100')
    await send('DELETE /parents?id=lt.100')
    await send('POST /parents', {
      body: [
        { id: 1, name: 'one' },
        { id: 2, name: 'two' },
      ],
    })
  })

  it('POST: 201 without a body by default and for minimal, with Location for headers-only, with the rows for representation', async () => {
    const plain = await send('POST /parents', { body: { id: 10, name: 'ten' } })
    expect([plain.status, plain.text, plain.headers.get('location'), plain.headers.get('content-range')]).toEqual([201, '', null, '*/*'])
    const minimal = await send('POST /parents', { body: { id: 11, name: 'x' }, headers: { prefer: 'return=minimal' } })
    expect([minimal.status, minimal.text, minimal.headers.get('preference-applied')]).toEqual([201, '', 'return=minimal'])
    const located = await send('POST /parents', { body: { id: 12, name: 'x' }, headers: { prefer: 'return=headers-only' } })
    expect([located.status, located.text, located.headers.get('location')]).toEqual([201, '', '/parents?id=eq.12'])
    const shown = await send('POST /parents', { body: { id: 13, name: 'x' }, headers: { prefer: 'return=representation' } })
    expect([shown.status, shown.json, shown.headers.get('location')]).toEqual([201, [{ id: 13, name: 'x' }], null])
    const counted = await send('POST /parents', {
      body: [
        { id: 14, name: 'x' },
        { id: 15, name: 'y' },
      ],
      headers: { prefer: 'count=exact' },
    })
    expect(counted.headers.get('content-range')).toBe('*/2')
  })

  it('POST: Location names both columns of a key', async () => {
    await send('DELETE /seats?row=eq.L')
    const answer = await send('POST /seats', { body: { row: 'L', number: 3 }, headers: { prefer: 'return=headers-only' } })
    expect(answer.headers.get('location')).toBe('/seats?row=eq.L&number=eq.3')
  })

  it('POST: a merge without new rows is 200, one with new rows 201', async () => {
    const headers = { prefer: 'resolution=merge-duplicates,return=representation' }
    const merged = await send('POST /parents', { body: { id: 1, name: 'uno' }, headers })
    expect([merged.status, merged.json]).toEqual([200, [{ id: 1, name: 'uno' }]])
    expect(merged.headers.get('preference-applied')).toBe('resolution=merge-duplicates, return=representation')
    const both = await send('POST /parents', {
      body: [
        { id: 1, name: 'eins' },
        { id: 3, name: 'drei' },
      ],
      headers,
    })
    expect(both.status).toBe(201)
  })

  it('PATCH: 204, or 200 with the rows; none changed is no 404', async () => {
    const plain = await send('PATCH /parents?id=eq.1', { body: { name: 'a' } })
    expect([plain.status, plain.text, plain.headers.get('content-range')]).toEqual([204, '', '0-0/*'])
    const shown = await send('PATCH /parents?id=lte.2', { body: { name: 'b' }, headers: { prefer: 'return=representation,count=exact' } })
    expect([shown.status, shown.json.length, shown.headers.get('content-range')]).toEqual([200, 2, '0-1/2'])
    const none = await send('PATCH /parents?id=eq.99', { body: { name: 'c' }, headers: { prefer: 'return=representation' } })
    expect([none.status, none.text, none.headers.get('content-range')]).toEqual([200, '[]', '*/*'])
    expect((await send('PATCH /parents?id=eq.99', { body: { name: 'c' } })).status).toBe(204)
    const empty = await send('PATCH /parents?id=eq.1', { body: {}, headers: { prefer: 'return=representation' } })
    expect([empty.status, empty.json]).toEqual([200, []])
  })

  it('DELETE: 204, or 200 with the rows', async () => {
    const plain = await send('DELETE /parents?id=eq.1')
    expect([plain.status, plain.text, plain.headers.get('content-range')]).toEqual([204, '', '*/*'])
    const shown = await send('DELETE /parents?id=eq.2', { headers: { prefer: 'return=representation,count=exact' } })
    expect([shown.status, shown.json, shown.headers.get('content-range')]).toEqual([200, [{ id: 2, name: 'two' }], '*/1'])
    expect((await send('DELETE /parents?id=eq.2')).status).toBe(204)
  })

  it('PUT: 201 for a new row, 200 for one that was there, 204 without representation', async () => {
    const headers = { prefer: 'return=representation' }
    const made = await send('PUT /parents?id=eq.5', { body: { id: 5, name: 'five' }, headers })
    expect([made.status, made.json]).toEqual([201, [{ id: 5, name: 'five' }]])
    const replaced = await send('PUT /parents?id=eq.5', { body: { id: 5, name: 'fünf' }, headers })
    expect([replaced.status, replaced.json]).toEqual([200, [{ id: 5, name: 'fünf' }]])
    expect((await send('PUT /parents?id=eq.5', { body: { id: 5, name: 'cinq' } })).status).toBe(204)
    const keyed = await send('PUT /seats?row=eq.P&number=eq.1', { body: { row: 'P', number: 1, guest: 'x' } })
    expect(keyed.status).toBe(204)
  })

  it('PUT: only by the whole key, without pages, with the key of the URL', async () => {
    const refused = async (path: string, body: unknown) => {
      const { status, json } = await send(`PUT ${path}`, { body })
      return [status, json.code, json.message]
    }
    const filters = "Filters must include all and only primary key columns with 'eq' operators"
    expect(await refused('/parents?name=eq.x', { id: 1, name: 'x' })).toEqual([405, 'PGRST105', filters])
    expect(await refused('/parents?id=gt.1', { id: 1, name: 'x' })).toEqual([405, 'PGRST105', filters])
    expect(await refused('/seats?row=eq.P', { row: 'P', number: 1 })).toEqual([405, 'PGRST105', filters])
    expect(await refused('/parents?id=eq.1&limit=1', { id: 1, name: 'x' })).toEqual([
      400,
      'PGRST114',
      'limit/offset querystring parameters are not allowed for PUT',
    ])
    expect(await refused('/parents?id=eq.1', { id: 2, name: 'x' })).toEqual([
      400,
      'PGRST115',
      'Payload values do not match URL in primary key column(s)',
    ])
  })

  it('a singular answer: 201 for the row, 406 and nothing written for several', async () => {
    const headers = { accept: 'application/vnd.pgrst.object+json', prefer: 'return=representation' }
    const one = await send('POST /parents', { body: { id: 20, name: 'x' }, headers })
    expect([one.status, one.json, one.headers.get('content-type')]).toEqual([
      201,
      { id: 20, name: 'x' },
      'application/vnd.pgrst.object+json; charset=utf-8',
    ])
    const many = await send('PATCH /parents?id=lte.2', { body: { name: 'lost' }, headers })
    expect([many.status, many.json.code, many.json.details]).toEqual([406, 'PGRST116', 'The result contains 2 rows'])
    expect((await send('GET /parents?name=eq.lost')).json).toEqual([])
    expect((await send('DELETE /parents?id=eq.99', { headers })).json.details).toBe('The result contains 0 rows')
  })
})

describe(`functions on ${fixture.database}`, () => {
  it('void is 204, a scalar a bare value, a composite an object, a set an array', async () => {
    const call = async (name: string) => {
      const { status, text } = await send(`POST /rpc/${name}`, { body: {} })
      return [status, text]
    }
    expect(await call('do_nothing')).toEqual([204, ''])
    expect(await call('get_integer')).toEqual([200, '1'])
    expect(await call('get_null')).toEqual([200, 'null'])
    expect(await call('get_address')).toEqual([200, '{"street":"Main St 1","town":"Oslo"}'])
    expect((await send('POST /rpc/get_usernames', { body: {} })).json).toEqual(['ann', 'bob', 'cat', 'dan'])
  })

  it('GET, HEAD and POST without a body', async () => {
    expect((await send('GET /rpc/get_integer')).text).toBe('1')
    const head = await send('HEAD /rpc/get_integer')
    expect([head.status, head.text]).toEqual([200, ''])
    expect((await send('POST /rpc/get_integer')).text).toBe('1')
  })
})

describe(`headers of answers on ${fixture.database}`, () => {
  it('Content-Location repeats the query in canonical order', async () => {
    expect(await header('GET /channels?select=id&order=id', 'content-location')).toMatch(/\/channels\?order=id&select=id$/)
  })

  it('Content-Profile names the schema when there are several', async () => {
    expect(await header('GET /channels', 'content-profile')).toBe('public')
    const other = await send('GET /users', { headers: { 'accept-profile': 'personal' } })
    expect(other.headers.get('content-profile')).toBe('personal')
  })

  it('Proxy-Status names the error', async () => {
    expect(await header('GET /missing', 'proxy-status')).toBe('PostgREST; error=PGRST205')
    expect(await header('GET /channels?id=eq.x', 'proxy-status')).toBe('PostgREST; error=22P02')
    expect(await header('GET /channels', 'proxy-status')).toBeNull()
  })

  it('WWW-Authenticate comes with every 401', async () => {
    const denied = await send('GET /secrets', { token: null })
    expect([denied.status, denied.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    const broken = await send('GET /channels', { token: 'a.b.c' })
    expect(broken.status).toBe(401)
    expect(broken.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token", error_description="/)
  })
})
