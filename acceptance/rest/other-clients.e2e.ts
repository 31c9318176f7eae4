// What other libraries put on the wire, in their own spelling: postgrest-py, postgrest-dart (Flutter), postgrest-kt
// (Kotlin) and curl. Sent with node:http, because fetch refuses a GET with a body and rewrites headers.
import { request as httpRequest } from 'node:http'
import { describe, expect, it } from 'vitest'
import { fixture, restUrl } from './fixture.ts'

interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // eslint-disable-next-line typescript/no-explicit-any -- a test reads any answer
  readonly json: any
}

/** A request as it stands: nothing is added but the key. */
function wire(line: string, headers: Record<string, string | string[]>, body?: string): Promise<WireAnswer> {
  const [method, path] = line.split(/ (.*)/)
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      `${restUrl}${path}`,
      {
        method,
        headers: {
          apikey: fixture.anonKey,
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
          ...headers,
        },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            get json() {
              return JSON.parse(text) as unknown
            },
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

const python = {
  accept: 'application/json',
  'content-type': 'application/json',
  'accept-profile': 'public',
  'content-profile': 'public',
  authorization: `Bearer ${fixture.anonKey}`,
  'user-agent': 'python-httpx/0.28.1',
  'accept-encoding': 'gzip, deflate',
}

describe(`postgrest-py on ${fixture.database}`, () => {
  it('selects with a body of {} on GET, both profiles and a content type', async () => {
    const answer = await wire('GET /users?select=username&order=username.desc&limit=2', python, '{}')
    expect([answer.status, answer.json]).toEqual([200, [{ username: 'dan' }, { username: 'cat' }]])
  })

  it('counts with HEAD and without select', async () => {
    const answer = await wire('HEAD /users', { ...python, prefer: 'count=exact' })
    expect([answer.status, answer.headers['content-range'], answer.text]).toEqual([200, '0-3/4', ''])
  })

  it('quotes what is reserved in lists, and writes ranges as pairs', async () => {
    const quoted = await wire('GET /messages?select=id&message=in.%28Perfection%2C%22a%2Cb%22%29', python)
    expect(quoted.json).toEqual([{ id: 2 }])
    const range = await wire('GET /users?select=username&age_range=sr.%2836%2C39%29', python)
    expect(range.json).toEqual([{ username: 'dan' }])
  })

  it('inserts, upserts, updates and deletes with several preferences in one header', async () => {
    const prefer = (more: string) => ({ ...python, prefer: `return=representation,${more},tx=rollback` })
    const row = JSON.stringify({ id: 71, name: 'py' })
    const inserted = await wire('POST /parents', prefer('count=exact,resolution=merge-duplicates'), row)
    expect([inserted.status, inserted.json, inserted.headers['content-range']]).toEqual([201, [{ id: 71, name: 'py' }], '*/1'])
    const ignored = await wire('POST /users?on_conflict=username', prefer('resolution=ignore-duplicates'), '{"username":"ann"}')
    expect([ignored.status, ignored.json]).toEqual([201, []])
    const updated = await wire('PATCH /users?username=eq.ann&select=username,motto', prefer('count=exact'), '{"motto":"new"}')
    expect([updated.status, updated.json]).toEqual([200, [{ username: 'ann', motto: 'new' }]])
    const removed = await wire('DELETE /messages?id=eq.1', { ...prefer('count=exact') }, '{}')
    expect([removed.status, removed.json.length]).toEqual([200, 1])
  })

  it('tells "no row" from the details of a 406', async () => {
    const answer = await wire('GET /users?username=eq.nobody', { ...python, accept: 'application/vnd.pgrst.object+json' }, '{}')
    expect([answer.status, answer.json.details]).toEqual([406, 'The result contains 0 rows'])
  })

  it('explains without for= and with a semicolon at the end', async () => {
    const answer = await wire('GET /users?select=username', {
      ...python,
      accept: 'application/vnd.pgrst.plan+json; options=analyze|verbose;',
    })
    expect(answer.status).toBe(200)
    expect(answer.json[0]).toHaveProperty('Execution Time')
  })

  it('calls functions by POST and GET', async () => {
    expect((await wire('POST /rpc/add_them', python, '{"a": 1, "b": 2}')).json).toBe(3)
    expect((await wire('GET /rpc/add_them?a=1&b=2', python, '{}')).json).toBe(3)
    const picked = await wire('POST /rpc/get_users?select=username&limit=1', { ...python, prefer: 'return=representation' }, '{}')
    expect(picked.json).toEqual([{ username: 'ann' }])
  })
})

const dart = { authorization: `Bearer ${fixture.anonKey}`, 'x-client-info': 'postgrest-dart/2.6.0' }
const dartBody = { ...dart, 'content-type': 'application/json' }

describe(`postgrest-dart on ${fixture.database}`, () => {
  it('always says where nulls go, and writes blanks as plus signs', async () => {
    const ordered = await wire('GET /users?select=username&order=score.desc.nullslast,username.asc.nullslast', dart)
    expect(ordered.json.map((row: { username: string }) => row.username)).toEqual(['ann', 'bob', 'dan', 'cat'])
    expect((await wire('GET /messages?select=id&message=eq.Hello+World', dart)).json).toEqual([{ id: 1 }])
  })

  it('quotes every text of a list', async () => {
    expect(
      (await wire('GET /users?select=username&username=in.%28%22ann%22%2C%22bob%22%29&order=username.asc.nullslast', dart)).json,
    ).toEqual([{ username: 'ann' }, { username: 'bob' }])
  })

  it('sends an empty Prefer, and preferences with a comma too many', async () => {
    const plain = await wire('POST /parents', { ...dartBody, prefer: '' }, '{"id":1,"name":"x","nope":1}')
    expect([plain.status, plain.json.code]).toEqual([400, 'PGRST204'])
    const shown = await wire(
      'POST /parents?select=%2A&columns=%22id%22%2C%22name%22',
      { ...dartBody, prefer: ',return=representation,tx=rollback' },
      '[{"id":72,"name":"dart"}]',
    )
    expect([shown.status, shown.json]).toEqual([201, [{ id: 72, name: 'dart' }]])
    const counted = await wire(
      'POST /parents?columns=%22id%22%2C%22name%22',
      { ...dartBody, prefer: 'missing=default,count=exact,tx=rollback' },
      '[{"id":73,"name":"dart"}]',
    )
    expect([counted.status, counted.headers['content-range'], counted.text]).toEqual([201, '*/1', ''])
  })

  it('puts on_conflict before the columns', async () => {
    const answer = await wire(
      'POST /stock?on_conflict=sku&columns=%22sku%22%2C%22amount%22&select=sku',
      { ...dartBody, prefer: 'resolution=merge-duplicates,return=representation,tx=rollback' },
      '[{"sku":"dart","amount":1}]',
    )
    expect([answer.status, answer.json]).toEqual([201, [{ sku: 'dart' }]])
  })

  it('counts with HEAD, and explains without options', async () => {
    const counted = await wire('HEAD /users?status=eq.ONLINE', { ...dart, prefer: 'count=exact' })
    expect([counted.status, counted.headers['content-range']]).toEqual([200, '0-1/2'])
    const plan = await wire('GET /users?select=%2A', {
      ...dart,
      accept: 'application/vnd.pgrst.plan+text; for="application/json"; options=;',
    })
    expect(plan.status).toBe(200)
    expect(plan.text).toContain('cost=')
  })

  it('says how often it has tried', async () => {
    expect((await wire('GET /users?select=username&limit=1', { ...dart, 'x-retry-count': '1' })).status).toBe(200)
  })
})

const kotlin = {
  accept: 'application/json',
  'accept-charset': 'UTF-8',
  'content-type': 'application/json',
  authorization: `Bearer ${fixture.anonKey}`,
}

describe(`postgrest-kt on ${fixture.database}`, () => {
  it('quotes the names of referenced tables in keys', async () => {
    const answer = await wire(
      'GET /channels?select=id%2Cmessages%28id%29&order=id.asc.nullslast&%22messages%22.order=id.desc.nullslast&%22messages%22.limit=1&%22messages%22.offset=0',
      {
        ...kotlin,
        'accept-profile': 'public',
        prefer: '',
      },
    )
    expect([answer.status, answer.json]).toEqual([
      200,
      [
        { id: 1, messages: [{ id: 2 }] },
        { id: 2, messages: [{ id: 4 }] },
        { id: 3, messages: [] },
      ],
    ])
  })

  it('names columns without quotes and returns nothing by default', async () => {
    const answer = await wire(
      'POST /parents?columns=id%2Cname',
      { ...kotlin, 'content-profile': 'public', prefer: 'return=minimal,tx=rollback' },
      '[{"id":74,"name":"kt"}]',
    )
    expect([answer.status, answer.text, answer.headers['preference-applied']]).toEqual([201, '', 'return=minimal, tx=rollback'])
  })

  it('upserts with on_conflict and every preference at once', async () => {
    const answer = await wire(
      'POST /stock?select=sku,amount&on_conflict=sku&columns=sku,amount',
      { ...kotlin, prefer: 'return=representation,resolution=merge-duplicates,missing=default,count=exact,tx=rollback' },
      '[{"sku":"kt","amount":3}]',
    )
    expect([answer.status, answer.json, answer.headers['content-range']]).toEqual([201, [{ sku: 'kt', amount: 3 }], '*/1'])
  })

  it('joins filters by or and and, negated and below a table', async () => {
    expect(
      (await wire('GET /users?select=username&or=%28username.eq.ann%2Cand%28status.eq.OFFLINE%2Cdata.is.null%29%29&order=username', kotlin))
        .json,
    ).toEqual([{ username: 'ann' }, { username: 'cat' }])
    expect((await wire('GET /users?select=username&not.or=%28username.eq.ann%2Cusername.eq.bob%29&order=username', kotlin)).json).toEqual([
      { username: 'cat' },
      { username: 'dan' },
    ])
    expect((await wire('GET /channels?select=id,messages(id)&id=eq.1&not.messages.or=%28id.eq.1%2Cid.eq.9%29', kotlin)).json).toEqual([
      { id: 1, messages: [{ id: 2 }] },
    ])
  })

  it('asks for one row, for csv and for a function', async () => {
    const one = await wire('GET /users?select=username&username=eq.ann', { ...kotlin, accept: 'application/vnd.pgrst.object+json' })
    expect(one.json).toEqual({ username: 'ann' })
    expect((await wire('GET /users?select=username&limit=1&order=username', { ...kotlin, accept: 'text/csv' })).text).toBe('username\nann')
    const counted = await wire('HEAD /rpc/get_users', { ...kotlin, prefer: 'count=exact' })
    expect([counted.status, counted.headers['content-range']]).toEqual([200, '0-3/4'])
  })
})

describe(`curl and the like on ${fixture.database}`, () => {
  it('the key alone, the token alone, and both', async () => {
    expect((await wire('GET /users?select=username&limit=1', {})).status).toBe(200)
    expect((await wire('GET /users?select=username&limit=1', { apikey: '', authorization: `Bearer ${fixture.anonKey}` })).status).toBe(200)
    expect((await wire('GET /rpc/who_am_i', { authorization: `bearer ${fixture.serviceKey}` })).json).toBe('service_role')
  })

  it('preferences in several headers, in any spelling of the name', async () => {
    const answer = await wire('GET /users?limit=1', { PREFER: ['count=exact', 'timezone=UTC'] })
    expect([answer.status, answer.headers['content-range'], answer.headers['preference-applied']]).toEqual([
      206,
      '0-0/4',
      'count=exact, timezone=UTC',
    ])
  })

  it('pages by Range, sums by Content-Range', async () => {
    const answer = await wire('GET /numbers?select=n&order=n', { range: '0-24', 'range-unit': 'items', prefer: 'count=exact' })
    expect([answer.status, answer.json.length, answer.headers['content-range']]).toEqual([206, 25, '0-24/200'])
  })

  it('a column twice: filters add up', async () => {
    expect((await wire('GET /numbers?select=n&n=gt.5&n=lt.8&order=n', {})).json).toEqual([{ n: 6 }, { n: 7 }])
  })

  it('a browser asks beforehand whether it may', async () => {
    const answer = await wire('OPTIONS /users', {
      origin: 'https://app.example.com',
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'apikey,authorization,content-profile,content-type,prefer,x-client-info',
    })
    expect(answer.status).toBeLessThan(300)
    expect(answer.headers['access-control-allow-origin']).toMatch(/^(\*|https:\/\/app\.example\.com)$/)
    expect(answer.headers['access-control-allow-methods']).toContain('PATCH')
    expect(String(answer.headers['access-control-allow-headers']).toLowerCase()).toMatch(/prefer|\*/)
    const read = await wire('GET /users?limit=1', { origin: 'https://app.example.com' })
    expect(String(read.headers['access-control-expose-headers']).toLowerCase()).toContain('content-range')
  })
})
