// The transaction around a request: role, settings, claims, read-only reads, the function before it, its say about the
// answer, and DDL that the next request sees (contract table 2.6).
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fixture, type RawRequest, runSql, send } from './fixture.ts'

/** A token of a role, signed with the server's secret. */
function token(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ aud: 'authenticated', exp: 4_000_000_000, ...claims })}`
  return `${text}.${createHmac('sha256', fixture.jwtSecret).update(text).digest('base64url')}`
}

const moderator = { token: token({ role: 'moderator', colour: 'blue' }) }
const value = async (line: string, request: RawRequest = {}) => (await send(line, request)).json
const setting = (name: string, request: RawRequest = {}) => value(`GET /rpc/any_setting?name=${name}`, request)

describe(`roles on ${fixture.database}`, () => {
  it('no token, the anonymous key, the service key, and a role of a token', async () => {
    expect(await value('GET /rpc/who_am_i', { token: null })).toBe('anon')
    expect(await value('GET /rpc/who_am_i')).toBe('anon')
    expect(await value('GET /rpc/who_am_i', { token: fixture.serviceKey })).toBe('service_role')
    expect(await value('GET /rpc/who_am_i', moderator)).toBe('moderator')
  })

  it('settings of the role hold for its requests only', async () => {
    expect(await setting('statement_timeout', moderator)).toBe('4321ms')
    expect(await setting('transaction_isolation', moderator)).toBe('serializable')
    expect(await setting('statement_timeout')).not.toBe('4321ms')
    expect(await setting('transaction_isolation')).toBe('read committed')
  })
})

describe(`settings of a request on ${fixture.database}`, () => {
  it('claims, headers, cookies, method and path', async () => {
    expect(JSON.parse((await setting('request.jwt.claims', moderator)) as string)).toMatchObject({ role: 'moderator', colour: 'blue' })
    const headers = JSON.parse((await setting('request.headers', { headers: { 'X-Own': 'Yes' } })) as string) as Record<string, string>
    expect(headers).toMatchObject({ 'x-own': 'Yes' })
    expect(JSON.parse((await setting('request.cookies', { headers: { cookie: 'a=1; b=two' } })) as string)).toEqual({ a: '1', b: 'two' })
    expect(await setting('request.method')).toBe('GET')
    expect(await value('POST /rpc/any_setting', { body: { name: 'request.method' } })).toBe('POST')
    expect(await setting('request.path')).toMatch(/\/rpc\/any_setting$/)
  })

  it('the search path holds the schema of the request', async () => {
    expect(await setting('search_path')).toMatch(/\bpublic\b/)
    expect(await value('GET /rpc/show_path', { headers: { 'accept-profile': 'personal' } })).toMatch(/^"?personal"?, *"?public"?$/)
  })
})

describe(`transactions on ${fixture.database}`, () => {
  it('GET and stable functions are read only, volatile ones by POST are not', async () => {
    expect(await value('GET /rpc/is_read_only_stable')).toBe('on')
    expect(await value('POST /rpc/is_read_only_stable', { body: {} })).toBe('on')
    expect(await value('POST /rpc/is_read_only', { body: {} })).toBe('off')
    expect(await value('GET /rpc/is_read_only')).toBe('on')
    const written = await send('GET /rpc/write_in_get')
    expect([written.status, written.json.code]).toEqual([405, '25006'])
  })

  it('a request is all or nothing', async () => {
    const answer = await send('POST /parents', {
      body: [
        { id: 601, name: 'kept?' },
        { id: 601, name: 'twice' },
      ],
    })
    expect(answer.status).toBe(409)
    expect(await value('GET /parents?id=eq.601')).toEqual([])
  })

  it('the function before the request may refuse it, and what it sets is there', async () => {
    const refused = await send('GET /channels', { headers: { 'x-refuse': 'yes' } })
    expect([refused.status, refused.json]).toEqual([
      402,
      { code: 'PT402', details: 'anon', hint: 'Pay first', message: 'Payment required' },
    ])
    expect(await setting('chat.noted', { headers: { 'x-note': 'remember' } })).toBe('remember')
  })

  it('response.status and response.headers change the answer', async () => {
    const answer = await send('POST /rpc/set_response', {
      body: { status: '418', headers: '[{"X-Tea":"green"},{"Set-Cookie":"a=1"},{"Set-Cookie":"b=2"},{"Cache-Control":"no-store"}]' },
    })
    expect([
      answer.status,
      answer.json,
      answer.headers.get('x-tea'),
      answer.headers.getSetCookie(),
      answer.headers.get('cache-control'),
    ]).toEqual([418, 'done', 'green', ['a=1', 'b=2'], 'no-store'])
  })
})

describe(`DDL on ${fixture.database}`, () => {
  it('is seen at once, without a notification', async () => {
    const made = await send('POST /rpc/change_schema', { body: {}, token: fixture.serviceKey })
    expect(made.text).toBe('')
    expect(made.status).toBe(204)
    const seen = () => value('GET /fresh', { token: fixture.serviceKey })
    await expect.poll(seen, { interval: 20, timeout: 1000 }).toEqual([{ id: 1, word: 'new' }])
  })
})

describe(`NOTIFY on ${fixture.database}`, () => {
  it('pgrst is accepted and not needed', async () => {
    await runSql("create table public.announced (id int); notify pgrst, 'reload schema'; notify pgrst, 'reload config'")
    expect((await send('GET /announced', { token: fixture.serviceKey })).status).toBe(200)
  })
})

describe(`limits on ${fixture.database}`, () => {
  it('rows: at most PLINTH_API_MAX_ROWS are answered', async () => {
    const answer = await send('GET /rpc/many_rows', { headers: { prefer: 'count=exact' } })
    expect([answer.status, answer.json.length, answer.headers.get('content-range')]).toEqual([206, 1000, '0-999/1500'])
  })
})
