import { describe, expect, it } from 'vitest'
import { type AuthEvent, createClient, type SessionStorage } from '@plinth/client'
import { type Answer, type Recorded, RecordingServer } from './recording-server.ts'

const user = {
  id: 'u1',
  aud: 'authenticated',
  email: 'a@example.com',
  app_metadata: {},
  user_metadata: {},
  created_at: '2026-01-01T00:00:00Z',
}
let serial = 0
function session(expiresIn = 3600) {
  serial++
  const payload = Buffer.from(JSON.stringify({ sub: user.id, exp: Math.floor(Date.now() / 1000) + expiresIn, n: serial })).toString(
    'base64url',
  )
  return { access_token: `h.${payload}.s`, refresh_token: `r${serial}`, token_type: 'bearer', expires_in: expiresIn, user }
}

function sharedStorage(): SessionStorage & { items: Map<string, string> } {
  const items = new Map<string, string>()
  return { items, getItem: (k) => items.get(k) ?? null, setItem: (k, v) => void items.set(k, v), removeItem: (k) => void items.delete(k) }
}

/** Answers like the auth API; a refresh token is good once. */
function authServer(options: { expiresIn?: number; refresh?: (request: Recorded) => Answer | undefined } = {}) {
  const used = new Set<string>()
  return RecordingServer.start((request) => {
    if (request.path === '/auth/v1/user') return { body: request.method === 'PUT' ? { ...user, user_metadata: { nick: 'A' } } : user }
    if (request.path === '/auth/v1/logout') return { status: 204 }
    if (request.path === '/auth/v1/signup') return { body: user }
    if (request.query.get('grant_type') === 'refresh_token') {
      const token = (JSON.parse(request.body) as { refresh_token: string }).refresh_token
      const special = options.refresh?.(request)
      if (special !== undefined) return special
      if (used.has(token))
        return { status: 400, body: { code: 'refresh_token_already_used', message: 'Invalid Refresh Token: Already Used' } }
      used.add(token)
      return { body: session(), delayMs: 20 }
    }
    if (request.body.includes('wrong')) return { status: 400, body: { code: 'invalid_credentials', message: 'Invalid login credentials' } }
    if (request.path.startsWith('/auth')) return { body: session(options.expiresIn) }
    return { body: [] }
  })
}

describe('auth', () => {
  it("signs in, sends the user's token from then on, and the key again after signing out", async () => {
    await using server = await authServer()
    const events: AuthEvent[] = []
    const client = createClient(server.url, 'anon', { auth: { storage: sharedStorage() } })
    client.auth.onAuthStateChange((event) => events.push(event))
    const { data, error } = await client.auth.signInWithPassword({ email: 'a@example.com', password: 'right' })
    expect(error).toBeNull()
    expect(server.last).toMatchObject({ method: 'POST', path: '/auth/v1/token', body: '{"email":"a@example.com","password":"right"}' })
    expect(server.last.headers).toMatchObject({ apikey: 'anon', authorization: 'Bearer anon', 'x-supabase-api-version': '2024-01-01' })
    await client.from('t').select()
    expect(server.last.headers.authorization).toBe(`Bearer ${data.session?.access_token}`)
    expect((await client.auth.updateUser({ data: { nick: 'A' } })).data.user?.user_metadata).toEqual({ nick: 'A' })
    expect((await client.auth.getSession()).data.session?.user.user_metadata).toEqual({ nick: 'A' })
    expect((await client.auth.getUser()).data.user?.id).toBe('u1')
    await client.auth.signOut({ scope: 'local' })
    expect(server.last.query.get('scope')).toBe('local')
    await client.from('t').select()
    expect(server.last.headers.authorization).toBe('Bearer anon')
    expect(events).toEqual(['INITIAL_SESSION', 'SIGNED_IN', 'USER_UPDATED', 'SIGNED_OUT'])
  })

  it('reports wrong credentials, a sign-up that awaits confirmation, and a missing session', async () => {
    await using server = await authServer()
    const client = createClient(server.url, 'anon')
    const refused = await client.auth.signInWithPassword({ email: 'a@example.com', password: 'wrong' })
    expect(refused.data).toEqual({ user: null, session: null })
    expect(refused.error).toMatchObject({ code: 'invalid_credentials', status: 400, message: 'Invalid login credentials' })
    expect((await client.auth.signUp({ email: 'a@example.com', password: 'x', options: { data: { nick: 'A' } } })).data).toMatchObject({
      user: { id: 'u1' },
      session: null,
    })
    expect((await client.auth.getUser()).error?.code).toBe('session_missing')
    expect((await client.auth.refreshSession()).error?.code).toBe('session_missing')
  })

  it('restores a stored session and refreshes an expired one exactly once for many calls', async () => {
    await using server = await authServer()
    const storage = sharedStorage()
    await storage.setItem('k', JSON.stringify({ ...session(), expires_at: Math.floor(Date.now() / 1000) - 5 }))
    const client = createClient(server.url, 'anon', { auth: { storage, storageKey: 'k' } })
    const events: AuthEvent[] = []
    client.auth.onAuthStateChange((event) => events.push(event))
    await Promise.all(Array.from({ length: 20 }, () => client.from('t').select()))
    expect(server.requests.filter((r) => r.path === '/auth/v1/token')).toHaveLength(1)
    const tokens = new Set(server.requests.filter((r) => r.path === '/rest/v1/t').map((r) => r.headers.authorization))
    expect(tokens.size).toBe(1)
    expect([...tokens][0]).toMatch(/^Bearer h\./)
    expect(JSON.parse(storage.items.get('k') ?? '{}')).toMatchObject({
      refresh_token: (await client.auth.getSession()).data.session?.refresh_token,
    })
    expect(events).toContain('TOKEN_REFRESHED')
  })

  it('takes over the tokens that another tab has refreshed instead of using the old one again', async () => {
    await using server = await authServer()
    const storage = sharedStorage()
    const client = createClient(server.url, 'anon', { auth: { storage, storageKey: 'k' } })
    await client.auth.signInWithPassword({ email: 'a@example.com', password: 'right' })
    const other = { ...session(), expires_at: Math.floor(Date.now() / 1000) + 3600 }
    await storage.setItem('k', JSON.stringify(other))
    expect((await client.auth.refreshSession()).data.session?.refresh_token).toBe(other.refresh_token)
    expect(server.requests.filter((r) => r.query.get('grant_type') === 'refresh_token')).toHaveLength(0)
  })

  it('refreshes by itself before the token ends', async () => {
    await using server = await authServer({ expiresIn: 1 })
    const client = createClient(server.url, 'anon')
    await client.auth.signInWithPassword({ email: 'a@example.com', password: 'right' })
    await new Promise<void>((resolve) => client.auth.onAuthStateChange((event) => event === 'TOKEN_REFRESHED' && resolve()))
    expect(server.requests.filter((r) => r.query.get('grant_type') === 'refresh_token')).toHaveLength(1)
  })

  it('signs out when the refresh token is refused, and stays signed in when the server is only down', async () => {
    let answer: Answer = { status: 503, body: { message: 'down' } }
    await using server = await authServer({ refresh: () => answer })
    const client = createClient(server.url, 'anon')
    await client.auth.signInWithPassword({ email: 'a@example.com', password: 'right' })
    expect((await client.auth.refreshSession()).error?.retryable).toBe(true)
    expect((await client.auth.getSession()).data.session).not.toBeNull()
    answer = { status: 400, body: { code: 'session_not_found', message: 'Invalid Refresh Token: No Valid Session Found' } }
    expect((await client.auth.refreshSession()).error?.code).toBe('session_not_found')
    expect((await client.auth.getSession()).data.session).toBeNull()
  })

  it('takes a session from elsewhere, and refuses what is no token', async () => {
    await using server = await authServer()
    const client = createClient(server.url, 'anon')
    const tokens = session()
    expect((await client.auth.setSession(tokens)).data.user?.id).toBe('u1')
    expect((await client.auth.getSession()).data.session?.access_token).toBe(tokens.access_token)
    expect((await client.auth.setSession({ access_token: 'x', refresh_token: 'y' })).error?.code).toBe('bad_jwt')
  })

  it("uses tokens of the application's own when told to", async () => {
    await using server = await authServer()
    const client = createClient(server.url, 'anon', { accessToken: async () => 'mine', global: { headers: { 'X-Trace': '1' } } })
    await client.from('t').select()
    expect(server.last.headers).toMatchObject({ authorization: 'Bearer mine', 'x-trace': '1' })
  })

  it('administers users with the key, whoever is signed in', async () => {
    await using server = await authServer()
    const client = createClient(server.url, 'service')
    await client.auth.signInWithPassword({ email: 'a@example.com', password: 'right' })
    await client.auth.admin.listUsers({ page: 2, perPage: 10 })
    expect(server.last).toMatchObject({ method: 'GET', path: '/auth/v1/admin/users' })
    expect(server.last.headers.authorization).toBe('Bearer service')
    await client.auth.admin.updateUserById('a/b', { ban_duration: '24h' })
    expect(server.last).toMatchObject({ method: 'PUT', path: '/auth/v1/admin/users/a/b', body: '{"ban_duration":"24h"}' })
    await client.auth.admin.deleteUser('u1')
    expect(server.last).toMatchObject({ method: 'DELETE', body: '{"should_soft_delete":false}' })
  })
})
