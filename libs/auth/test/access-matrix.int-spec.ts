import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signHs256 } from '#libs/identity'
import { startAuthApp, type AuthApp } from './auth-app.ts'

// Who may call what, as data. Columns are credentials, cells are the status and code of the answer; `ok` is any success.
const password = 'correct horse battery staple'
type Credential =
  | 'none'
  | 'publishable'
  | 'anonKey'
  | 'badKey'
  | 'user'
  | 'expired'
  | 'forged'
  | 'noSub'
  | 'strangerSub'
  | 'secret'
  | 'service'
type Cell = 'ok' | `${number} ${string}`
interface Row {
  readonly route: string
  readonly body?: unknown
  readonly cells: Readonly<Record<Credential, Cell>>
}

const userRoute: Readonly<Record<Credential, Cell>> = {
  none: '401 no_authorization',
  publishable: '403 bad_jwt',
  anonKey: '403 bad_jwt',
  badKey: '401 no_authorization',
  user: 'ok',
  expired: '403 bad_jwt',
  forged: '403 bad_jwt',
  noSub: '403 bad_jwt',
  strangerSub: '403 user_not_found',
  secret: '403 bad_jwt',
  service: '403 bad_jwt',
}
const adminRoute: Readonly<Record<Credential, Cell>> = {
  none: '401 no_authorization',
  publishable: '403 not_admin',
  anonKey: '403 not_admin',
  badKey: '401 no_authorization',
  user: '403 not_admin',
  expired: '403 bad_jwt',
  forged: '403 bad_jwt',
  noSub: '403 not_admin',
  strangerSub: '403 not_admin',
  secret: 'ok',
  service: 'ok',
}
const openRoute: Readonly<Record<Credential, Cell>> = {
  none: 'ok',
  publishable: 'ok',
  anonKey: 'ok',
  badKey: '401 no_authorization',
  user: 'ok',
  expired: 'ok',
  forged: 'ok',
  noSub: 'ok',
  strangerSub: 'ok',
  secret: 'ok',
  service: 'ok',
}
const rows: Row[] = [
  { route: 'GET /user', cells: userRoute },
  { route: 'PUT /user', body: { data: { a: 1 } }, cells: userRoute },
  { route: 'GET /admin/users', cells: adminRoute },
  { route: 'POST /admin/users', body: { email: ':new' }, cells: adminRoute },
  { route: 'GET /admin/users/:id', cells: adminRoute },
  { route: 'PUT /admin/users/:id', body: { user_metadata: { a: 1 } }, cells: adminRoute },
  { route: 'DELETE /admin/users/:victim', body: {}, cells: adminRoute },
  { route: 'POST /signup', body: { email: ':new', password }, cells: openRoute },
  { route: 'POST /token?grant_type=password', body: { email: 'member@example.com', password }, cells: openRoute },
  { route: 'GET /health', cells: { ...openRoute, badKey: 'ok' } },
  { route: 'GET /settings', cells: { ...openRoute, badKey: 'ok' } },
  // Last: it ends the sessions of the user.
  { route: 'POST /logout', cells: userRoute },
]

describe('access', () => {
  let app: AuthApp
  let headers: Record<Credential, Record<string, string>>
  let id: string
  let count = 0
  beforeAll(async () => {
    app = await startAuthApp()
    const { body } = await app.call('POST', '/signup', { body: { email: 'member@example.com', password } })
    id = body.user.id
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
    const claims = { sub: id, aud: 'authenticated', role: 'authenticated' }
    headers = {
      none: {},
      publishable: { apikey: app.keys.publishableKey, ...bearer(app.keys.publishableKey) },
      anonKey: { apikey: app.keys.anonKey, ...bearer(app.keys.anonKey) },
      badKey: { apikey: 'sb_secret_guessed' },
      user: { apikey: app.keys.publishableKey, ...bearer(body.access_token) },
      expired: bearer(app.signer.sign(claims, -1).token),
      forged: bearer(signHs256({ ...claims, role: 'service_role' }, 'another-secret-of-thirty-two-characters')),
      noSub: bearer(signHs256({ role: 'authenticated' }, app.jwtSecret)),
      strangerSub: bearer(signHs256({ ...claims, sub: '00000000-0000-4000-8000-000000000000' }, app.jwtSecret)),
      secret: { apikey: app.keys.secretKey, ...bearer(app.keys.secretKey) },
      service: { apikey: app.keys.serviceKey, ...bearer(app.keys.serviceKey) },
    }
  })
  afterAll(async () => app[Symbol.asyncDispose]())

  const cases = rows.flatMap((row) =>
    Object.entries(row.cells).map(([credential, cell]) => [row.route, credential as Credential, cell, row.body] as const),
  )
  it.each(cases)('%s by %s: %s', async (route, credential, cell, body) => {
    const [method, path] = route.split(' ') as [string, string]
    const victim = path.includes(':victim') ? await newUser() : id
    const sent = body === undefined ? undefined : JSON.parse(JSON.stringify(body).replace(':new', `new${++count}@example.com`))
    const answer = await app.call(method, path.replace(/:id|:victim/, victim), { headers: headers[credential], body: sent })
    if (cell === 'ok') expect(answer.status).toBeLessThan(300)
    else {
      expect(`${answer.status} ${answer.headers.get('x-sb-error-code')}`).toBe(cell)
      expect(JSON.stringify(answer.body)).not.toMatch(/member@example\.com|encrypted_password/)
    }
  })

  it('takes a secret key in apikey alone, and a user token over a secret apikey', async () => {
    expect((await app.call('GET', '/admin/users', { headers: { apikey: app.keys.secretKey } })).status).toBe(200)
    const { body } = await app.call('POST', '/token?grant_type=password', { body: { email: 'member@example.com', password } })
    const both = { apikey: app.keys.secretKey, authorization: `Bearer ${body.access_token}` }
    expect((await app.call('GET', '/admin/users', { headers: both })).status).toBe(403)
  })

  const tables: [string, string, string, boolean][] = (['anon', 'authenticated', 'service_role'] as const).flatMap((role) => [
    [role, 'users', 'id, email', role === 'service_role'],
    [role, 'users', 'encrypted_password', false],
    [role, 'identities', 'id', role === 'service_role'],
    [role, 'sessions', 'id', false],
    [role, 'refresh_tokens', 'token', false],
    [role, 'mfa_amr_claims', 'id', false],
  ])
  it.each(tables)('%s reading auth.%s (%s) in SQL: %s', async (role, table, columns, isAllowed) => {
    const run = app.db.request.run({ role, claimsJson: '{}', readOnly: true }, { text: `select ${columns} from auth.${table}`, values: [] })
    if (isAllowed) expect((await run).rowCount).toBeGreaterThan(0)
    else await expect(run).rejects.toMatchObject({ sqlstate: '42501' })
  })

  async function newUser(): Promise<string> {
    return (await app.call('POST', '/admin/users', { token: app.keys.secretKey, body: { email: `victim${++count}@example.com` } })).body.id
  }
})
