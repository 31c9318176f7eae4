import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startAuthApp, type AuthApp } from './auth-app.ts'

const password = 'correct horse battery staple'
let app: AuthApp
let count = 0
const newEmail = () => `user${++count}@example.com`
const signUp = (email = newEmail(), body: object = {}) => app.call('POST', '/signup', { body: { email, password, ...body } })
const signIn = (email: string, given = password) => app.call('POST', '/token?grant_type=password', { body: { email, password: given } })
beforeAll(async () => {
  app = await startAuthApp()
})
afterAll(async () => app[Symbol.asyncDispose]())
beforeEach(async () => {
  const { values } = app.settings.describe('auth')
  await app.settings.patch('auth', Object.fromEntries(Object.keys(values).map((name) => [name, null])))
})

describe('public routes', () => {
  it('health, settings and the public keys need no key', async () => {
    expect((await app.call('GET', '/health')).body).toEqual({ version: '1.2.3', name: 'GoTrue', description: expect.any(String) })
    expect((await app.call('GET', '/settings')).body).toMatchObject({
      external: { email: true, phone: false, anonymous_users: false, github: false },
      disable_signup: false,
      mailer_autoconfirm: true,
      phone_autoconfirm: false,
      sms_provider: '',
      saml_enabled: false,
    })
    const jwks = await app.call('GET', '/.well-known/jwks.json')
    expect(jwks.body.keys).toMatchObject([{ kty: 'EC', alg: 'ES256', use: 'sig' }])
    expect(await (await fetch(`${app.url}/.well-known/jwks.json`)).json()).toEqual(jwks.body)
  })
})

describe('POST /signup', () => {
  it('answers with a session of exactly the contract fields', async () => {
    const email = newEmail()
    const { status, body, headers } = await signUp(email.toUpperCase(), { data: { name: 'Ann', sub: 'forged', email: 'forged' } })
    expect(status).toBe(200)
    expect(headers.get('x-supabase-api-version')).toBe('2024-01-01')
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_at', 'expires_in', 'refresh_token', 'token_type', 'user'])
    const { user } = body
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
    const claims = { sub: user.id, email, email_verified: true, phone_verified: false }
    expect(user).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      aud: 'authenticated',
      role: 'authenticated',
      email,
      email_confirmed_at: time,
      phone: '',
      confirmed_at: time,
      last_sign_in_at: time,
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: { name: 'Ann', ...claims },
      identities: [
        {
          identity_id: expect.any(String),
          id: user.id,
          user_id: user.id,
          identity_data: claims,
          provider: 'email',
          last_sign_in_at: time,
          created_at: time,
          updated_at: time,
          email,
        },
      ],
      created_at: time,
      updated_at: time,
      is_anonymous: false,
    })
  })

  it('signs a token with exactly the contract claims, which the resolver takes', async () => {
    const { body } = await signUp()
    const principal = await app.resolver.resolve({ authorization: `Bearer ${body.access_token}` })
    expect(principal).toMatchObject({ role: 'authenticated', userId: body.user.id, authenticated: true })
    expect(principal.claims).toEqual({
      iss: 'http://127.0.0.1/auth/v1',
      sub: body.user.id,
      aud: 'authenticated',
      exp: body.expires_at,
      iat: body.expires_at - 3600,
      email: body.user.email,
      phone: '',
      app_metadata: body.user.app_metadata,
      user_metadata: body.user.user_metadata,
      role: 'authenticated',
      aal: 'aal1',
      amr: [{ method: 'password', timestamp: expect.any(Number) }],
      session_id: principal.sessionId,
      is_anonymous: false,
    })
  })

  it('keeps neither password nor refresh token in the clear', async () => {
    const { body } = await signUp()
    const rows = JSON.stringify([await app.db.sql('select * from auth.users'), await app.db.sql('select * from auth.refresh_tokens')])
    expect(rows).not.toContain(password)
    expect(rows).not.toContain(body.refresh_token)
    expect(rows).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
  })

  it('one of many sign-ups at once with one address wins', async () => {
    const email = newEmail()
    const answers = await Promise.all(Array.from({ length: 8 }, () => signUp(email)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 422, 422, 422, 422, 422, 422, 422])
  })

  const refusals: [string, object, number, string, string | RegExp][] = [
    ['no password', { email: 'a@example.com' }, 400, 'validation_failed', 'Signup requires a valid password'],
    [
      'an address without a domain',
      { email: 'a@', password },
      400,
      'validation_failed',
      'Unable to validate email address: invalid format',
    ],
    ['an address of 300 characters', { email: `${'a'.repeat(300)}@example.com`, password }, 400, 'validation_failed', /too long/],
    [
      'e-mail and phone',
      { email: 'a@example.com', phone: '1', password },
      400,
      'validation_failed',
      /Only an email address or phone number/,
    ],
    ['a phone', { phone: '4915112345678', password }, 400, 'phone_provider_disabled', 'Phone signups are disabled'],
    ['neither', {}, 422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled'],
    ['a short password', { email: 'a@example.com', password: 'abc' }, 422, 'weak_password', 'Password should be at least 6 characters.'],
    ['a password of 10,000 characters', { email: 'a@example.com', password: 'x'.repeat(10_000) }, 400, 'validation_failed', /longer than/],
    ['a password that is a number', { email: 'a@example.com', password: 12345678 }, 400, 'validation_failed', 'password: must be text'],
    ['metadata that is a list', { email: 'a@example.com', password, data: [1] }, 400, 'validation_failed', 'data: must be a JSON object'],
    ['large metadata', { email: 'a@example.com', password, data: { a: 'x'.repeat(5000) } }, 400, 'validation_failed', /4096 bytes/],
    ['a NUL in metadata', { email: 'a@example.com', password, data: { a: '\0' } }, 400, 'validation_failed', /U\+0000/],
    ['a NUL in the address', { email: 'a\0@example.com', password }, 400, 'validation_failed', /invalid format/],
  ]
  it.each(refusals)('refuses %s', async (_, body, status, code, message) => {
    const answer = await app.call('POST', '/signup', { body })
    expect(answer).toMatchObject({ status, body: { code, message: expect.stringMatching(message) } })
    expect(answer.headers.get('x-sb-error-code')).toBe(code)
  })

  it('refuses what the owner switched off', async () => {
    await app.settings.patch('auth', { emailEnabled: false })
    expect((await signUp()).body).toEqual({ code: 'email_provider_disabled', message: 'Email signups are disabled' })
    expect((await signIn('a@example.com')).body).toEqual({ code: 'email_provider_disabled', message: 'Email logins are disabled' })
    await app.settings.patch('auth', { signUpEnabled: false })
    expect((await signUp()).body).toEqual({ code: 'signup_disabled', message: 'Signups not allowed for this instance' })
  })

  it('makes anonymous users where allowed, who become permanent by address and password', async () => {
    await app.settings.patch('auth', { anonymousEnabled: true })
    const { body } = await app.call('POST', '/signup', { body: { data: { colour: 'red' } } })
    expect(body.user).toMatchObject({
      is_anonymous: true,
      email: '',
      role: 'authenticated',
      identities: [],
      user_metadata: { colour: 'red' },
    })
    const email = newEmail()
    const token = body.access_token
    expect((await app.call('PUT', '/user', { token, body: { password } })).body).toMatchObject({ code: 'validation_failed' })
    const permanent = await app.call('PUT', '/user', { token, body: { email, password } })
    expect(permanent.body).toMatchObject({ id: body.user.id, is_anonymous: false, email, identities: [{ provider: 'email' }] })
    expect((await signIn(email)).status).toBe(200)
  })

  it('without autoconfirm gives no session, and tells nobody which addresses are taken', async () => {
    const taken = newEmail()
    await signUp(taken)
    await app.settings.patch('auth', { emailAutoconfirm: false })
    const email = newEmail()
    const [fresh, again] = [(await signUp(email)).body, (await signUp(taken)).body]
    expect(fresh).toMatchObject({ email, identities: [{ identity_data: { email_verified: false } }] })
    expect(fresh).not.toHaveProperty('access_token')
    expect(again).toMatchObject({ email: taken, identities: [] })
    expect(Object.keys(again).sort()).toEqual(Object.keys(fresh).sort())
    expect(await app.db.sql('select id from auth.users where id = $1', [again.id])).toEqual([])
    expect((await signIn(email)).body).toEqual({ code: 'email_not_confirmed', message: 'Email not confirmed' })
  })

  it('answers a failing trigger of the owner with 500 and keeps nothing', async () => {
    await app.db.sql(`create function public.no() returns trigger language plpgsql as $$ begin raise exception 'secret reason'; end $$;
      create trigger no before insert on auth.users for each row execute function public.no()`)
    const answer = await signUp()
    await app.db.sql('drop trigger no on auth.users; drop function public.no()')
    expect(answer).toMatchObject({ status: 500, body: { code: 'unexpected_failure', message: 'Database error saving user' } })
    expect(JSON.stringify(answer.body)).not.toContain('secret reason')
  })
})

describe('POST /token?grant_type=password', () => {
  it('gives the same answer after the same number of hash operations for a known and an unknown address', async () => {
    const email = newEmail()
    await signUp(email)
    const passwordless = newEmail()
    await app.call('POST', '/admin/users', { token: app.keys.secretKey, body: { email: passwordless, email_confirm: true } })
    const answers = []
    for (const address of [email, newEmail(), passwordless]) {
      const before = app.hasher.operations.verified
      const { status, body } = await signIn(address, 'wrong password')
      answers.push({ status, body, verified: app.hasher.operations.verified - before })
    }
    const expected = { status: 400, body: { code: 'invalid_credentials', message: 'Invalid login credentials' }, verified: 1 }
    expect(answers).toEqual([expected, expected, expected])
  })

  const refusals: [string, string, unknown, number, string][] = [
    ['no address', 'password', { password }, 400, 'validation_failed'],
    ['a phone', 'password', { phone: '49151', password }, 400, 'phone_provider_disabled'],
    ['no password', 'password', { email: 'a@example.com' }, 400, 'invalid_credentials'],
    ['a list', 'password', [], 400, 'validation_failed'],
    ['an unknown grant', 'magic', {}, 400, 'invalid_credentials'],
    ['a grant of later', 'pkce', {}, 400, 'invalid_credentials'],
    ['an empty refresh token', 'refresh_token', { refresh_token: '' }, 400, 'validation_failed'],
    ['a refresh token that is a number', 'refresh_token', { refresh_token: 1 }, 400, 'validation_failed'],
    ['no refresh token', 'refresh_token', {}, 400, 'validation_failed'],
    ['an unknown refresh token', 'refresh_token', { refresh_token: 'abc' }, 400, 'refresh_token_not_found'],
  ]
  it.each(refusals)('refuses %s', async (_, grant, body, status, code) => {
    expect(await app.call('POST', `/token?grant_type=${grant}`, { body })).toMatchObject({ status, body: { code } })
  })

  it('takes no credentials from the URL', async () => {
    const email = newEmail()
    await signUp(email)
    const query = `grant_type=password&email=${email}&password=${encodeURIComponent(password)}`
    expect((await app.call('POST', `/token?${query}`, { body: {} })).status).toBe(400)
  })

  it('limits failures per address and account with 429 and Retry-After; a success is never one of them', async () => {
    await app.settings.patch('auth', { rateLimits: { signInPerAccount: 3 } })
    const email = newEmail()
    await signUp(email)
    for (let i = 0; i < 6; i++) expect((await signIn(email)).status).toBe(200)
    for (let i = 0; i < 3; i++) expect((await signIn(email, 'wrong password')).status).toBe(400)
    const before = app.hasher.operations.verified
    const limited = await signIn(email)
    expect(limited).toMatchObject({ status: 429, body: { code: 'over_request_rate_limit', message: 'Request rate limit reached' } })
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(app.hasher.operations.verified).toBe(before)
    expect((await signIn(newEmail(), 'wrong password')).status).toBe(400)
  })

  it('limits sign-ups per address and refreshes per account', async () => {
    const { body } = await signUp()
    await app.settings.patch('auth', { rateLimits: { signUpPerAddress: 1, refreshPerAccount: 1 } })
    expect((await signUp()).status).toBe(429)
    const refresh = (token: string) => app.call('POST', '/token?grant_type=refresh_token', { body: { refresh_token: token } })
    const refreshed = await refresh(body.refresh_token)
    expect(refreshed.status).toBe(200)
    expect((await refresh(refreshed.body.refresh_token)).status).toBe(429)
  })

  it('signs tokens with HS256 where the owner set that', async () => {
    await app.settings.patch('auth', { accessTokenAlgorithm: 'HS256', accessTokenSeconds: 60 })
    const { body } = await signUp()
    expect(JSON.parse(Buffer.from(body.access_token.split('.')[0], 'base64url').toString()).alg).toBe('HS256')
    expect(body.expires_in).toBe(60)
    expect((await app.call('GET', '/user', { token: body.access_token })).status).toBe(200)
  })
})

describe('errors', () => {
  it('have the older shape for callers that name no API version', async () => {
    const response = await fetch(`${app.url}/auth/v1/token?grant_type=magic`, { method: 'POST' })
    expect(await response.json()).toEqual({ code: 400, error_code: 'invalid_credentials', msg: 'unsupported_grant_type' })
    expect([response.headers.get('x-sb-error-code'), response.headers.get('x-supabase-api-version')]).toEqual(['invalid_credentials', null])
  })

  it.each(['2024-01-01', '2030-05-05'])('have the newer shape for version %s', async (version) => {
    const answer = await app.call('POST', '/token?grant_type=magic', { headers: { 'x-supabase-api-version': version } })
    expect(answer.body).toEqual({ code: 'invalid_credentials', message: 'unsupported_grant_type' })
    expect(answer.headers.get('x-supabase-api-version')).toBe('2024-01-01')
  })

  it.each(['2023-12-31', 'latest', ''])('have the older shape for version "%s"', async (version) => {
    const answer = await app.call('POST', '/token?grant_type=magic', { headers: { 'x-supabase-api-version': version } })
    expect(answer.body).toMatchObject({ code: 400 })
  })

  it('of a weak password name the reasons in both shapes', async () => {
    const body = { email: 'a@example.com', password: 'abc' }
    const reasons = { weak_password: { reasons: ['length'] } }
    expect((await app.call('POST', '/signup', { body })).body).toMatchObject({ code: 'weak_password', ...reasons })
    expect((await app.call('POST', '/signup', { body, headers: { 'x-supabase-api-version': '' } })).body).toMatchObject({
      code: 422,
      error_code: 'weak_password',
      ...reasons,
    })
  })

  const nested = `{"email":"a@example.com","password":"${password}","data":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`
  const bodies: [string, string, Record<string, string>, number, string][] = [
    ['malformed JSON', '{', {}, 400, 'bad_json'],
    ['an empty JSON body', ' ', {}, 400, 'bad_json'],
    ['a key __proto__', '{"__proto__":{"email":"x"}}', {}, 400, 'bad_json'],
    ['a body over 1 MB', JSON.stringify({ email: 'x'.repeat(1_100_000) }), {}, 413, 'validation_failed'],
    ['another content type', '<a/>', { 'content-type': 'application/xml' }, 415, 'validation_failed'],
    ['JSON nested 200,000 deep', nested, {}, 400, 'validation_failed'],
  ]
  it.each(bodies)('answer %s in the dialect', async (_, body, headers, status, code) => {
    expect(await app.call('POST', '/signup', { body, headers })).toMatchObject({ status, body: { code, message: expect.any(String) } })
  })

  it.each(['/otp', '/recover', '/verify', '/factors', '/factors/1/verify', '/invite', '/admin/generate_link', '/sso/saml/acs'])(
    'say that %s is not offered',
    async (path) => {
      expect(await app.call('POST', path, { body: {} })).toMatchObject({ status: 404, body: { code: 'feature_disabled' } })
    },
  )

  it('name an unknown path', async () => {
    expect(await app.call('GET', '/sign-in?token=s3cret')).toMatchObject({
      status: 404,
      body: { message: 'Nothing is served at GET /auth/v1/sign-in' },
    })
  })
})
