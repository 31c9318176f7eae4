import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAdminApp, type AdminApp, type Caller } from './admin-app.ts'

const email = 'owner@example.com'
const password = 'correct horse battery'
let app: AdminApp
let token: string
let serviceToken: string

beforeAll(async () => {
  app = await startAdminApp({ owner: { email, password } })
  await app.setup.begin()
  const { body } = await app.call('POST', '/session', { email: 'Owner@Example.com', password }, { headers: {} })
  token = body.token
  serviceToken = body.serviceToken
})
afterAll(async () => app[Symbol.asyncDispose]())

/** Every route with a body that it would accept. */
const routes: readonly (readonly [method: string, path: string, body?: unknown])[] = [
  ['GET', '/project'],
  ['GET', '/keys'],
  ['GET', '/schema'],
  ['GET', '/types'],
  ['POST', '/sql', { query: 'select 1' }],
  ['POST', '/tables?dryRun=true', { schema: 'public', name: 'matrix', columns: [] }],
  ['PATCH', '/tables/public/matrix?dryRun=true', { changes: [{ kind: 'comment', comment: null }] }],
  ['DELETE', '/tables/public/matrix?dryRun=true'],
  ['POST', '/tables/public/matrix/open?dryRun=true', { template: 'everyone_reads' }],
  ['GET', '/policies'],
  ['POST', '/policies?dryRun=true', { schema: 'public', table: 'matrix', name: 'p', command: 'select', roles: ['anon'], using: 'true' }],
  ['DELETE', '/policies/public/matrix/kept?dryRun=true'],
  ['GET', '/settings'],
  ['GET', '/settings/test'],
  ['PATCH', '/settings/test', {}],
  ['GET', '/audit'],
  ['GET', '/requests'],
  ['GET', '/migrations'],
  ['POST', '/migrations', { name: '1_nothing', sql: 'select 1' }],
  ['POST', '/tokens', { role: 'anon' }],
]

type Outcome = 'in' | readonly [status: number, code: string]
interface MatrixRow {
  readonly who: string
  readonly headers: () => Record<string, string>
  readonly read: Outcome
  readonly change: Outcome
}
const both = (who: string, headers: () => Record<string, string>, outcome: Outcome): MatrixRow => ({
  who,
  headers,
  read: outcome,
  change: outcome,
})

const matrix: readonly MatrixRow[] = [
  both('nobody', () => ({}), [401, 'not_signed_in']),
  both('the anon key', () => ({ apikey: app.keys.anon }), [403, 'forbidden_key']),
  both('the publishable key', () => ({ apikey: app.keys.publishable }), [403, 'forbidden_key']),
  both('the anon key as Bearer', () => ({ authorization: `Bearer ${app.keys.anon}` }), [401, 'not_signed_in']),
  both('an unknown key', () => ({ apikey: 'sb_secret_unknown' }), [401, 'key_unknown']),
  both('a broken token', () => ({ authorization: 'Bearer a.b.c' }), [401, 'token_malformed']),
  both('a console token of another server', () => ({ authorization: 'Bearer plinth_cs_other' }), [401, 'session_expired']),
  both('a cookie of another server', () => ({ cookie: 'plinth_console=plinth_cs_other', 'x-plinth-console': '1' }), [
    401,
    'session_expired',
  ]),
  both('basic authentication', () => ({ authorization: 'Basic b3duZXI6cGFzcw==' }), [401, 'not_signed_in']),
  both('the secret key', () => ({ apikey: app.keys.secret }), 'in'),
  both('the secret key as Bearer', () => ({ authorization: `Bearer ${app.keys.secret}` }), 'in'),
  both('the service key', () => ({ authorization: `Bearer ${app.keys.service}`, apikey: app.keys.anon }), 'in'),
  both("the session's service token", () => ({ authorization: `Bearer ${serviceToken}` }), 'in'),
  both('the console token', () => ({ authorization: `Bearer ${token}` }), 'in'),
  both('the cookie with its header', () => ({ cookie: `a=b; plinth_console=${token}`, 'x-plinth-console': '1' }), 'in'),
  {
    who: 'the cookie without its header',
    headers: () => ({ cookie: `plinth_console=${token}` }),
    read: 'in',
    change: [403, 'header_required'],
  },
  {
    who: 'the cookie beside the anon key',
    headers: () => ({ cookie: `plinth_console=${token}`, 'x-plinth-console': '1', apikey: app.keys.anon }),
    read: [403, 'forbidden_key'],
    change: [403, 'forbidden_key'],
  },
]

describe('every route of the admin API', () => {
  beforeAll(async () => {
    await app.sql('create table matrix (id int primary key); create policy kept on matrix using (true)')
  })

  it.each(matrix)('lets in, or refuses: $who', async ({ headers, read, change }) => {
    const caller: Caller = { headers: headers() }
    for (const [method, path, body] of routes) {
      const answer = await app.call(method, path, body, caller)
      const wanted = method === 'GET' ? read : change
      if (wanted === 'in') expect([method, path, answer.status]).toEqual([method, path, 200])
      else expect([method, path, answer.status, answer.body.error?.code]).toEqual([method, path, ...wanted])
    }
  })

  it('answers unknown paths only to those who are in', async () => {
    expect((await app.call('GET', '/nosuch', undefined, { headers: {} })).status).toBe(401)
    const { status, body } = await app.call('GET', '/nosuch/deep?x=1')
    expect([status, body.error]).toEqual([
      404,
      { code: 'route_not_found', message: 'The admin API has no GET /admin/v1/nosuch/deep.', requestId: 'req-test' },
    ])
  })

  it('refuses a stranger before the body is read', async () => {
    // The announced body never comes: an answer proves that nobody waited for it.
    const { port } = new URL(app.url)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(
          'POST /admin/v1/sql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60000000\r\n\r\n{"query":"',
        ),
      )
      socket.once('data', (data) => {
        resolve(String(data))
        socket.destroy()
      })
      socket.once('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1.1 401/)
  })
})

describe('sign-in', () => {
  it('answers with the same words for an unknown e-mail and a wrong password', async () => {
    const wrong = await app.call('POST', '/session', { email, password: 'wrong password' }, { headers: {} })
    const unknown = await app.call('POST', '/session', { email: 'nobody@example.com', password: 'wrong password' }, { headers: {} })
    expect([wrong.status, wrong.body]).toEqual([unknown.status, unknown.body])
    expect([wrong.status, wrong.body.error.code]).toEqual([401, 'wrong_credentials'])
  })

  it('sets a cookie that scripts and other sites cannot use, and keeps only a hash', async () => {
    const { body, headers } = await app.call('POST', '/session', { email, password }, { headers: {} })
    expect(headers.get('set-cookie')).toMatch(/^plinth_console=plinth_cs_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Expires=/)
    expect(body.owner.email).toBe(email)
    const rows = await app.database.sql<{ hash: string }>(`select encode(token_hash, 'base64') as hash from plinth.console_sessions`)
    expect(JSON.stringify(rows)).not.toContain(body.token)
  })

  it('gives a service token that works for ten minutes, and GET /session gives a fresh one without the console token', async () => {
    const { body } = await app.call('GET', '/session', undefined, { headers: { authorization: `Bearer ${token}` } })
    expect(body.token).toBeUndefined()
    const seconds = (Date.parse(body.serviceTokenExpiresAt) - Date.now()) / 1000
    expect(seconds).toBeGreaterThan(590)
    expect(seconds).toBeLessThanOrEqual(600)
    expect((await app.call('GET', '/project', undefined, { headers: { authorization: `Bearer ${body.serviceToken}` } })).status).toBe(200)
  })

  it('ends with DELETE /session', async () => {
    const { body } = await app.call('POST', '/session', { email, password }, { headers: {} })
    const caller = { headers: { cookie: `plinth_console=${body.token}`, 'x-plinth-console': '1' } }
    const closed = await app.call('DELETE', '/session', undefined, caller)
    expect([closed.status, closed.headers.get('set-cookie')]).toEqual([
      204,
      'plinth_console=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
    ])
    expect((await app.call('GET', '/project', undefined, caller)).body.error.code).toBe('session_expired')
  })

  it('is over after its time', async () => {
    let now = Date.now()
    await using other = await startAdminApp({ owner: { email, password }, clock: { nowMs: () => now } })
    await other.setup.begin()
    const { body } = await other.call('POST', '/session', { email, password }, { headers: {} })
    const caller = { headers: { authorization: `Bearer ${body.token}` } }
    now = Date.parse(body.expiresAt) - 1_000
    expect((await other.call('GET', '/project', undefined, caller)).status).toBe(200)
    now = Date.parse(body.expiresAt)
    expect((await other.call('GET', '/project', undefined, caller)).body.error.code).toBe('session_expired')
  })

  it('is for owners: a key has no session', async () => {
    expect((await app.call('GET', '/session')).status).toBe(401)
    expect((await app.call('DELETE', '/session')).status).toBe(401)
  })

  it('is limited, and says how long to wait', async () => {
    const answers = []
    for (let i = 0; i < 12; i++)
      answers.push(await app.call('POST', '/session', { email: 'x@example.com', password: 'y' }, { headers: {} }))
    const last = answers.at(-1)!
    expect([last.status, last.body.error.code]).toEqual([429, 'too_many_attempts'])
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('what is sent', () => {
  it.each([
    ['no JSON', 'POST', '/sql', '{"query":', 400, 'invalid_body'],
    ['an unknown field', 'POST', '/sql', { query: 'select 1', nosuch: 1 }, 400, 'invalid_input'],
    ['a field of another type', 'POST', '/sql', { query: 1 }, 400, 'invalid_input'],
    ['a body over the limit of a small route', 'POST', '/tables', { schema: 'x'.repeat(2_000_000) }, 413, 'body_too_large'],
    ['a wrong page', 'GET', '/audit?limit=100000', undefined, 400, 'invalid_input'],
    ['an unknown settings area', 'GET', '/settings/nosuch', undefined, 404, 'area_unknown'],
    ['a setting out of its range', 'PATCH', '/settings/test', { limit: -1 }, 400, 'settings_invalid'],
  ])('is refused with its reason: %s', async (_what, method, path, body, status, code) => {
    const answer = await app.call(method, path, body)
    expect([answer.status, answer.body.error.code, typeof answer.body.error.message]).toEqual([status, code, 'string'])
  })

  it('is refused as another media type', async () => {
    const response = await fetch(`${app.url}/admin/v1/sql`, {
      method: 'POST',
      headers: { ...app.secret.headers, 'content-type': 'text/xml' },
      body: '<x/>',
    })
    expect([response.status, ((await response.json()) as any).error.code]).toEqual([415, 'unsupported_media_type'])
  })
})
