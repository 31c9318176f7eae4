import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionsRevoked } from '../src/index.ts'
import { startAuthApp, type AuthApp } from './auth-app.ts'

const password = 'correct horse battery staple'
let app: AuthApp
let count = 0
const start = async (email = `user${++count}@example.com`) => {
  const answer = await app.call('POST', '/signup', { body: { email, password } })
  return (answer.status === 200 ? answer : await app.call('POST', '/token?grant_type=password', { body: { email, password } })).body
}
const refresh = (token: string) => app.call('POST', '/token?grant_type=refresh_token', { body: { refresh_token: token } })
const user = (token: string) => app.call('GET', '/user', { token })
const age = (seconds: number) => app.db.sql(`update auth.refresh_tokens set updated_at = updated_at - $1 * interval '1 second'`, [seconds])
const alreadyUsed = { status: 400, body: { code: 'refresh_token_already_used', message: 'Invalid Refresh Token: Already Used' } }
const notFound = { status: 400, body: { code: 'refresh_token_not_found', message: 'Invalid Refresh Token: Refresh Token Not Found' } }
const sessionGone = { status: 403, body: { code: 'session_not_found', message: 'Session from session_id claim in JWT does not exist' } }
const sessionIdOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).session_id

beforeAll(async () => {
  app = await startAuthApp()
})
afterAll(async () => app[Symbol.asyncDispose]())

describe('refresh', () => {
  it('replaces the token and keeps the session', async () => {
    const first = await start()
    const { status, body } = await refresh(first.refresh_token)
    expect(status).toBe(200)
    expect(body.refresh_token).not.toBe(first.refresh_token)
    expect(sessionIdOf(body.access_token)).toBe(sessionIdOf(first.access_token))
    expect((await user(body.access_token)).body.id).toBe(first.user.id)
  })

  it('twenty requests at once with one token get one and the same successor', async () => {
    const first = await start()
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(first.refresh_token)))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
    const successors = new Set(answers.map((answer) => answer.body.refresh_token))
    expect(successors.size).toBe(1)
    const rows = await app.db.sql('select revoked from auth.refresh_tokens where session_id = $1 order by id', [
      sessionIdOf(first.access_token),
    ])
    expect(rows).toEqual([{ revoked: true }, { revoked: false }])
    expect((await refresh([...successors][0])).status).toBe(200)
  })

  it('the parent of the active token gives the active token again, at any time', async () => {
    const first = await start()
    const second = (await refresh(first.refresh_token)).body
    await age(3600)
    expect((await refresh(first.refresh_token)).body.refresh_token).toBe(second.refresh_token)
    expect((await refresh(second.refresh_token)).status).toBe(200)
  })

  it('an older token within the interval gives the active token, so that slow tabs survive', async () => {
    const first = await start()
    const second = (await refresh(first.refresh_token)).body
    const third = (await refresh(second.refresh_token)).body
    expect((await refresh(first.refresh_token)).body.refresh_token).toBe(third.refresh_token)
  })

  it('an older token after the interval ends the session for thief and owner', async () => {
    const events: SessionsRevoked[] = []
    const stop = app.revocations.onSessionRevoked((event) => events.push(event))
    const first = await start()
    const second = (await refresh(first.refresh_token)).body
    const third = (await refresh(second.refresh_token)).body
    await app.resolver.resolve({ authorization: `Bearer ${third.access_token}` })
    await age(11)
    expect(await refresh(first.refresh_token)).toMatchObject(alreadyUsed)
    stop()
    for (const token of [first, second, third]) expect(await refresh(token.refresh_token)).toMatchObject(alreadyUsed)
    expect(await user(third.access_token)).toMatchObject(sessionGone)
    await expect(async () => app.resolver.resolve({ authorization: `Bearer ${third.access_token}` })).rejects.toMatchObject({
      code: 'token_revoked',
    })
    expect(events).toEqual([{ userId: first.user.id, sessionIds: [sessionIdOf(first.access_token)] }])
  })

  it('the interval is a setting', async () => {
    await app.settings.patch('auth', { refreshReuseSeconds: 0 })
    const first = await start()
    const second = (await refresh(first.refresh_token)).body
    await refresh(second.refresh_token)
    expect(await refresh(first.refresh_token)).toMatchObject(alreadyUsed)
    await app.settings.patch('auth', { refreshReuseSeconds: null })
  })

  it('theft in one session leaves the other sessions of the user alone', async () => {
    const first = await start()
    const other = await start(first.user.email)
    const second = (await refresh(first.refresh_token)).body
    await refresh(second.refresh_token)
    await age(11)
    expect(await refresh(first.refresh_token)).toMatchObject(alreadyUsed)
    expect((await refresh(other.refresh_token)).status).toBe(200)
  })

  it('refuses a banned user and a session that ran out', async () => {
    const banned = await start()
    await app.db.sql(`update auth.users set banned_until = now() + interval '1 hour' where id = $1`, [banned.user.id])
    expect(await refresh(banned.refresh_token)).toMatchObject({ status: 400, body: { code: 'user_banned' } })
    const late = await start()
    await app.db.sql(`update auth.sessions set not_after = now() where user_id = $1`, [late.user.id])
    expect(await refresh(late.refresh_token)).toMatchObject({ status: 400, body: { code: 'session_expired' } })
    expect(await user(late.access_token)).toMatchObject(sessionGone)
  })

  it('carries changed metadata into the new token', async () => {
    const first = await start()
    await app.call('PUT', '/user', { token: first.access_token, body: { data: { plan: 'pro' } } })
    const principal = await app.resolver.resolve({ authorization: `Bearer ${(await refresh(first.refresh_token)).body.access_token}` })
    expect(principal.claims).toMatchObject({ user_metadata: { plan: 'pro' }, amr: [{ method: 'password' }] })
  })
})

describe('POST /logout', () => {
  const cases: [string, string, { mine: boolean; other: boolean; anotherUsers: boolean }][] = [
    ['without a scope ends all sessions of the user', '', { mine: false, other: false, anotherUsers: true }],
    ['scope=global ends all sessions of the user', '?scope=global', { mine: false, other: false, anotherUsers: true }],
    ['scope=local ends this session only', '?scope=local', { mine: false, other: true, anotherUsers: true }],
    ['scope=others ends all but this session', '?scope=others', { mine: true, other: false, anotherUsers: true }],
  ]
  it.each(cases)('%s', async (_, query, alive) => {
    const mine = await start()
    const sessions = { mine, other: await start(mine.user.email), anotherUsers: await start() }
    const answer = await app.call('POST', `/logout${query}`, {
      token: mine.access_token,
      headers: { 'content-type': 'application/json;charset=UTF-8' },
    })
    expect(answer).toMatchObject({ status: 204, body: undefined })
    for (const [name, session] of Object.entries(sessions)) {
      const isAlive = alive[name as keyof typeof alive]
      expect([name, (await user(session.access_token)).status]).toEqual([name, isAlive ? 200 : 403])
      expect([name, (await refresh(session.refresh_token)).status]).toEqual([name, isAlive ? 200 : 400])
    }
  })

  it('a signed-out session cannot refresh, and its access token is refused at once', async () => {
    const session = await start()
    await app.call('POST', '/logout', { token: session.access_token })
    expect(await refresh(session.refresh_token)).toMatchObject(notFound)
    expect(await user(session.access_token)).toMatchObject(sessionGone)
    expect(await app.call('POST', '/logout', { token: session.access_token })).toMatchObject(sessionGone)
  })

  it('refuses another scope', async () => {
    const { access_token: token } = await start()
    expect(await app.call('POST', '/logout?scope=all', { token })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', message: 'Unsupported logout scope "all"' },
    })
  })

  it('a listener that fails keeps neither the others nor the answer', async () => {
    const heard: string[] = []
    const stops = [
      app.revocations.onSessionRevoked(() => {
        throw new Error('broken')
      }),
      app.revocations.onSessionRevoked((event) => heard.push(event.userId)),
    ]
    const session = await start()
    expect((await app.call('POST', '/logout', { token: session.access_token })).status).toBe(204)
    for (const stop of stops) stop()
    expect(heard).toEqual([session.user.id])
  })
})

describe('PUT /user', () => {
  const put = (token: string, body: unknown) => app.call('PUT', '/user', { token, body })

  it('a new password ends the other sessions and lets only the new one in', async () => {
    const mine = await start()
    const other = await start(mine.user.email)
    expect((await put(mine.access_token, { password: 'another good password' })).status).toBe(200)
    expect((await user(mine.access_token)).status).toBe(200)
    expect(await user(other.access_token)).toMatchObject(sessionGone)
    const signIn = (given: string) => app.call('POST', '/token?grant_type=password', { body: { email: mine.user.email, password: given } })
    expect([(await signIn(password)).status, (await signIn('another good password')).status]).toEqual([400, 200])
  })

  it('refuses the old password, a weak one, and a wrong current one', async () => {
    const { access_token: token } = await start()
    expect(await put(token, { password })).toMatchObject({
      status: 422,
      body: { code: 'same_password', message: 'New password should be different from the old password.' },
    })
    expect(await put(token, { password: 'abc' })).toMatchObject({ status: 422, body: { code: 'weak_password' } })
    const body = { password: 'another good password', current_password: 'wrong' }
    expect(await put(token, body)).toMatchObject({ status: 400, body: { code: 'current_password_invalid' } })
  })

  it('asks for the current password where the owner set that', async () => {
    await app.settings.patch('auth', { currentPasswordRequired: true })
    const { access_token: token } = await start()
    const next = 'another good password'
    expect(await put(token, { password: next })).toMatchObject({ status: 400, body: { code: 'current_password_required' } })
    expect((await put(token, { password: next, current_password: password })).status).toBe(200)
    await app.settings.patch('auth', { currentPasswordRequired: null })
  })

  it('changes the address where addresses need no confirmation, and not to a taken one', async () => {
    const [one, two] = [await start(), await start()]
    expect(await put(one.access_token, { email: two.user.email })).toMatchObject({
      status: 422,
      body: { code: 'email_exists', message: 'A user with this email address has already been registered' },
    })
    const changed = await put(one.access_token, { email: 'New.Address@example.com' })
    expect(changed.body).toMatchObject({ email: 'new.address@example.com', identities: [{ email: 'new.address@example.com' }] })
  })

  it('merges metadata; null removes a key; app_metadata is for admins', async () => {
    const { access_token: token } = await start()
    await put(token, { data: { a: 1, b: 2 } })
    const { body } = await put(token, { data: { a: null, c: 3 } })
    expect(body.user_metadata).toMatchObject({ b: 2, c: 3 })
    expect(body.user_metadata).not.toHaveProperty('a')
    expect(await put(token, { app_metadata: { role: 'admin' } })).toMatchObject({ status: 403, body: { code: 'not_admin' } })
  })
})

describe('admin', () => {
  const admin = (method: string, path: string, body?: unknown) =>
    app.call(method, `/admin/users${path}`, { token: app.keys.serviceKey, body })

  it('deletes a user with everything of it; its tokens fail at once', async () => {
    const session = await start()
    expect(await admin('DELETE', `/${session.user.id}`, {})).toMatchObject({ status: 200, body: {} })
    expect((await user(session.access_token)).status).toBe(403)
    expect(await refresh(session.refresh_token)).toMatchObject(notFound)
    await expect(async () => app.resolver.resolve({ authorization: `Bearer ${session.access_token}` })).rejects.toMatchObject({
      code: 'token_revoked',
    })
    expect(await app.db.sql('select id from auth.identities where user_id = $1', [session.user.id])).toEqual([])
    expect(await admin('DELETE', `/${session.user.id}`)).toMatchObject({
      status: 404,
      body: { code: 'user_not_found', message: 'User not found' },
    })
  })

  it('deletes softly: the row stays without anything personal, the address is free again', async () => {
    const session = await start()
    await admin('DELETE', `/${session.user.id}`, { should_soft_delete: true })
    const left = (await admin('GET', `/${session.user.id}`)).body
    expect(left).toMatchObject({ deleted_at: expect.any(String), user_metadata: {}, identities: [] })
    expect(left.email).not.toContain('@')
    expect((await user(session.access_token)).status).toBe(403)
    expect((await app.call('POST', '/signup', { body: { email: session.user.email, password } })).status).toBe(200)
  })

  it.each([
    ['a ban', { ban_duration: '24h' }],
    ['a new password', { password: 'another good password' }],
  ])('%s ends the sessions of the user', async (_, change) => {
    const session = await start()
    expect((await admin('PUT', `/${session.user.id}`, change)).status).toBe(200)
    expect(await user(session.access_token)).toMatchObject(sessionGone)
    expect((await admin('PUT', `/${session.user.id}`, { ban_duration: 'none' })).body).not.toHaveProperty('banned_until')
  })

  const refusals: [string, string, string, unknown, number, string, string | RegExp][] = [
    ['a user without address', 'POST', '', { password }, 400, 'validation_failed', /either an email or phone/],
    ['a taken address', 'POST', '', { email: 'taken@example.com' }, 422, 'email_exists', /already been registered/],
    ['a taken phone', 'POST', '', { phone: '+49 151 1234' }, 422, 'phone_exists', /already been registered/],
    ['a malformed phone', 'POST', '', { phone: 'abc' }, 400, 'validation_failed', /E\.164/],
    ['a malformed id', 'POST', '', { id: '1', email: 'x@example.com' }, 400, 'validation_failed', /UUID/],
    ['a hash of another kind', 'POST', '', { email: 'x@example.com', password_hash: 'md5' }, 400, 'validation_failed', /argon2id/],
    [
      'a hash that would take 10 GB',
      'POST',
      '',
      { email: 'x@example.com', password_hash: '$argon2id$v=19$m=9999999,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaGhhc2g' },
      400,
      'validation_failed',
      /argon2id/,
    ],
    ['a malformed ban', 'PUT', '/:id', { ban_duration: 'long' }, 400, 'validation_failed', /ban duration/],
    ['a malformed flag', 'PUT', '/:id', { email_confirm: 'yes' }, 400, 'validation_failed', /true or false/],
    ['an unknown user', 'PUT', '/00000000-0000-4000-8000-000000000000', {}, 404, 'user_not_found', 'User not found'],
    ['an id that is none', 'GET', '/me', undefined, 404, 'validation_failed', 'user_id must be an UUID'],
    ['page 0', 'GET', '?page=0', undefined, 400, 'validation_failed', /Bad Pagination Parameters/],
    ['per_page that is text', 'GET', '?per_page=all', undefined, 400, 'validation_failed', /Bad Pagination Parameters/],
  ]
  it.each(refusals)('refuses %s', async (_, method, path, body, status, code, message) => {
    await admin('POST', '', { email: 'taken@example.com', phone: '491511234' })
    const id = (await admin('GET', '?filter=taken@')).body.users[0].id
    expect(await admin(method, path.replace(':id', id), body)).toMatchObject({
      status,
      body: { code, message: expect.stringMatching(message) },
    })
  })

  it('lists newest first in pages with total and links, and finds by a part of the address', async () => {
    const made = []
    for (const name of ['zeta_1', 'zeta_2', 'zeta_3', 'zetax4'])
      made.push((await admin('POST', '', { email: `${name}@example.org` })).body.id)
    const page = await admin('GET', '?page=1&per_page=2&filter=zeta_')
    expect(page.body.users.map((one: { id: string }) => one.id)).toEqual([made[2], made[1]])
    expect(page.headers.get('x-total-count')).toBe('3')
    expect(page.headers.get('link')).toBe(
      '</auth/v1/admin/users?page=2&per_page=2&filter=zeta_>; rel="next", </auth/v1/admin/users?page=2&per_page=2&filter=zeta_>; rel="last"',
    )
    const last = await admin('GET', '?page=2&per_page=2&filter=zeta_')
    expect(last.body.users).toHaveLength(1)
    expect(last.headers.get('link')).not.toContain('next')
  })

  it('gives a user a role of its own', async () => {
    const { body } = await admin('POST', '', { email: 'editor@example.com', password, email_confirm: true, role: 'editor' })
    expect(body.role).toBe('editor')
    const session = await start('editor@example.com')
    await expect(async () => app.resolver.resolve({ authorization: `Bearer ${session.access_token}` })).rejects.toMatchObject({
      code: 'role_not_allowed',
    })
    app.resolver.useAllowedRoles((role) => role === 'editor')
    expect(await app.resolver.resolve({ authorization: `Bearer ${session.access_token}` })).toMatchObject({ role: 'editor' })
  })
})
