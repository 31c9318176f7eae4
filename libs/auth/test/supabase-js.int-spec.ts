import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { startAuthApp, type AuthApp } from './auth-app.ts'

// Unmodified supabase-js from npm against the auth routes.
describe('supabase-js', () => {
  let app: AuthApp
  const client = (key: string): SupabaseClient =>
    createClient(app.url, key, {
      auth: { persistSession: false, autoRefreshToken: false },
      // Node 20 has no WebSocket of its own.
      realtime: { transport: WebSocket as never },
    })
  const password = 'correct horse battery staple'
  beforeAll(async () => {
    app = await startAuthApp()
  })
  afterAll(async () => app[Symbol.asyncDispose]())

  it.each(['publishableKey', 'anonKey'] as const)(
    'signs up, signs in, refreshes, reads, updates and signs out with the %s',
    async (name) => {
      const email = `${name.toLowerCase()}@example.com`
      const auth = client(app.keys[name]).auth
      const signedUp = await auth.signUp({ email, password, options: { data: { name: 'Ann' } } })
      expect(signedUp.error).toBeNull()
      expect(signedUp.data.user).toMatchObject({ email, role: 'authenticated', is_anonymous: false, user_metadata: { name: 'Ann' } })
      expect((await auth.signOut()).error).toBeNull()
      expect((await auth.getSession()).data.session).toBeNull()

      const signedIn = await auth.signInWithPassword({ email: email.toUpperCase(), password })
      expect(signedIn.error).toBeNull()
      const first = signedIn.data.session!
      expect(first).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
      const refreshed = await auth.refreshSession()
      expect(refreshed.error).toBeNull()
      expect(refreshed.data.session!.refresh_token).not.toBe(first.refresh_token)
      expect((await auth.getUser()).data.user?.email).toBe(email)
      const claims = await auth.getClaims()
      expect(claims.error).toBeNull()
      expect(claims.data?.claims).toMatchObject({ email, aud: 'authenticated', aal: 'aal1' })
      const updated = await auth.updateUser({ data: { name: 'Bea' }, password: `${password}!` })
      expect(updated.error).toBeNull()
      expect(updated.data.user?.user_metadata).toMatchObject({ name: 'Bea' })
      expect((await auth.signInWithPassword({ email, password })).error).toMatchObject({ code: 'invalid_credentials', status: 400 })
    },
  )

  it('tells errors by their codes', async () => {
    const auth = client(app.keys.publishableKey).auth
    await auth.signUp({ email: 'known@example.com', password })
    expect((await auth.signUp({ email: 'known@example.com', password })).error).toMatchObject({ code: 'user_already_exists', status: 422 })
    const weak = (await auth.signUp({ email: 'weak@example.com', password: 'abc' })).error
    expect(weak).toMatchObject({ name: 'AuthWeakPasswordError', code: 'weak_password', reasons: ['length'] })
    expect((await auth.signInAnonymously()).error).toMatchObject({ code: 'anonymous_provider_disabled', status: 422 })
    expect((await auth.resetPasswordForEmail('known@example.com')).error).toMatchObject({ code: 'feature_disabled', status: 404 })
  })

  it.each(['secretKey', 'serviceKey'] as const)('administers users with the %s', async (name) => {
    const { admin } = client(app.keys[name]).auth
    const email = `admin-${name.toLowerCase()}@example.com`
    const created = await admin.createUser({
      email,
      password,
      email_confirm: true,
      user_metadata: { team: 'x' },
      app_metadata: { plan: 'pro' },
    })
    expect(created.error).toBeNull()
    const id = created.data.user!.id
    expect(created.data.user).toMatchObject({ email, app_metadata: { plan: 'pro', provider: 'email' }, user_metadata: { team: 'x' } })
    expect((await client(app.keys.anonKey).auth.signInWithPassword({ email, password })).error).toBeNull()
    expect((await admin.getUserById(id)).data.user?.email).toBe(email)
    expect((await admin.updateUserById(id, { ban_duration: '24h' })).data.user).toMatchObject({ banned_until: expect.any(String) })
    expect((await client(app.keys.anonKey).auth.signInWithPassword({ email, password })).error).toMatchObject({ code: 'user_banned' })
    const listed = await admin.listUsers({ page: 1, perPage: 1 })
    expect(listed.data).toMatchObject({ users: [{ id }], nextPage: 2, total: expect.any(Number) })
    expect((await admin.deleteUser(id)).error).toBeNull()
    expect((await admin.getUserById(id)).error).toMatchObject({ code: 'user_not_found', status: 404 })
  })

  it('refuses the admin routes to a user and to the public keys', async () => {
    for (const key of [app.keys.anonKey, app.keys.publishableKey]) {
      expect((await client(key).auth.admin.listUsers()).error).toMatchObject({ code: 'not_admin', status: 403 })
    }
  })
})
