import { createHmac, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { AppError } from '#libs/kernel'
import { PrincipalResolver, type Credentials, type PrincipalResolverOptions } from './principal-resolver.ts'
import { importJwk, jwkFault, signEs256, signHs256, type VerificationKey } from './tokens/jwt.ts'
import { jwtKeysOf } from './tokens/jwt-keys.ts'

const jwtSecret = 'a-secret-of-at-least-thirty-two-characters'
const issuer = 'http://127.0.0.1:8000/auth/v1'
const nowSeconds = 1_800_000_000
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const keys = jwtKeysOf(jwtSecret)
const publishable = 'sb_publishable_test'
const secret = 'sb_secret_test'
const user = {
  iss: issuer,
  sub: randomUUID(),
  aud: 'authenticated',
  role: 'authenticated',
  session_id: 's1',
  iat: nowSeconds,
  exp: nowSeconds + 3600,
}

const platformKey: VerificationKey = { kid: 'k1', algorithms: ['ES256'], key: pair.publicKey, origin: 'platform' }
const options: PrincipalResolverOptions = {
  jwtSecret,
  issuer,
  clock: { nowMs: () => nowSeconds * 1000 },
  isAllowedRole: (role) => role === 'editor',
  signingKeys: { verificationKey: (kid) => (kid === 'k1' ? platformKey : undefined), reload: async () => true, onChange: () => undefined },
  externalKeys: [importJwk({ ...rsa.publicKey.export({ format: 'jwk' }), kid: 'ext' }, 'external')],
  apiKeys: {
    find: (key) => (key === publishable ? apiKey('publishable') : key === secret ? apiKey('secret') : undefined),
    reload: async () => true,
    onChange: () => undefined,
  },
}
const apiKey = (kind: 'publishable' | 'secret') => ({ kind, markUsed: () => undefined })
const resolver = (changes: Partial<PrincipalResolverOptions> = {}) => new PrincipalResolver({ ...options, ...changes })
const bearer = (token: string): Credentials => ({ authorization: `Bearer ${token}` })
const platform = (changes: object = {}) => signEs256({ ...user, ...changes }, 'k1', pair.privateKey)
const forged = (header: object, claims: object, sign: (data: string) => string) => {
  const data = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${data}.${sign(data)}`
}
const withPayload = (token: string, claims: object) =>
  token.replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`)
const hmac = (key: string | KeyObject | Buffer) => (data: string) => createHmac('sha256', key).update(data).digest('base64url')

describe('PrincipalResolver accepts', () => {
  const cases: [string, Credentials, { role: string; authenticated: boolean; userId?: string; sessionId?: string }][] = [
    ['no credentials as the anonymous role', {}, { role: 'anon', authenticated: false }],
    ['an ES256 user token', bearer(platform()), { role: 'authenticated', authenticated: true, userId: user.sub, sessionId: 's1' }],
    ['an HS256 user token', bearer(signHs256(user, jwtSecret)), { role: 'authenticated', authenticated: true, userId: user.sub }],
    ['a lower-case scheme', { authorization: `bearer ${platform()}` }, { role: 'authenticated', authenticated: true }],
    ['the anon key as apikey', { apikey: keys.anonKey }, { role: 'anon', authenticated: false }],
    ['the anon key as Bearer', bearer(keys.anonKey), { role: 'anon', authenticated: false }],
    ['the service key as apikey', { apikey: keys.serviceKey }, { role: 'service_role', authenticated: true }],
    ['the publishable key', { apikey: publishable }, { role: 'anon', authenticated: false }],
    ['the publishable key as Bearer', bearer(publishable), { role: 'anon', authenticated: false }],
    ['the secret key as Bearer', bearer(secret), { role: 'service_role', authenticated: true }],
    ['a Bearer over an apikey of more rights', { ...bearer(platform()), apikey: secret }, { role: 'authenticated', authenticated: true }],
    ['a Bearer anon key over a secret apikey', { ...bearer(publishable), apikey: secret }, { role: 'anon', authenticated: false }],
    ['an apikey beside another scheme', { authorization: 'Basic dTpw', apikey: secret }, { role: 'service_role', authenticated: true }],
    ['a role that the login may take', bearer(platform({ role: 'editor' })), { role: 'editor', authenticated: true }],
    [
      'a token without a role as the anonymous role',
      bearer(signHs256({ sub: 'x' }, jwtSecret)),
      { role: 'anon', authenticated: false, userId: 'x' },
    ],
    [
      'one accepted audience of several',
      bearer(platform({ aud: ['other', 'authenticated'] })),
      { role: 'authenticated', authenticated: true },
    ],
    [
      'a clock that is 20 s ahead',
      bearer(platform({ iat: nowSeconds + 20, nbf: nowSeconds + 20 })),
      { role: 'authenticated', authenticated: true },
    ],
  ]
  it.each(cases)('%s', async (_, credentials, expected) => {
    const one = resolver()
    const principal = await one.resolve(credentials)
    expect(principal).toMatchObject(expected)
    expect(JSON.parse(principal.claimsJson)).toEqual(principal.claims)
    expect(principal.claims['role']).toBe(expected.role)
    expect(one.resolve(credentials)).toBe(principal)
  })

  it('the public keys of another issuer', async () => {
    const { sign } = await import('node:crypto')
    const token = forged({ alg: 'RS256', kid: 'ext' }, { ...user, iss: 'https://idp.example' }, (data) =>
      sign('sha256', Buffer.from(data), rsa.privateKey).toString('base64url'),
    )
    expect(await resolver().resolve(bearer(token))).toMatchObject({ role: 'authenticated', userId: user.sub })
  })

  it('a key that another node has made meanwhile, after reading the keys again', async () => {
    let isLoaded = false
    const signingKeys = {
      verificationKey: (kid: string) => (isLoaded && kid === 'k1' ? platformKey : undefined),
      reload: async () => (isLoaded = true),
      onChange: () => undefined,
    }
    expect(await resolver({ signingKeys }).resolve(bearer(platform()))).toMatchObject({ userId: user.sub })
  })
})

describe('PrincipalResolver refuses', () => {
  const spki = pair.publicKey.export({ format: 'pem', type: 'spki' })
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cases: [string, Credentials, string, Partial<PrincipalResolverOptions>?][] = [
    ['an expired token', bearer(platform({ exp: nowSeconds })), 'token_expired'],
    ['a token that is not valid yet', bearer(platform({ nbf: nowSeconds + 60 })), 'token_not_yet_valid'],
    ['a token issued in the future', bearer(platform({ iat: nowSeconds + 60 })), 'token_issued_in_future'],
    ['another audience', bearer(platform({ aud: 'other' })), 'token_audience_refused'],
    ['an audience of a wrong type', bearer(platform({ aud: 7 })), 'token_claims_invalid'],
    ['another issuer under our own key', bearer(platform({ iss: 'https://evil.example' })), 'token_issuer_refused'],
    ['a platform token that never expires', bearer(platform({ exp: undefined })), 'token_claims_invalid'],
    ['exp as text', bearer(platform({ exp: '9999999999' })), 'token_claims_invalid'],
    ['a role of a wrong type', bearer(platform({ role: ['service_role'] })), 'token_claims_invalid'],
    ['an empty Bearer', { authorization: 'Bearer ' }, 'token_malformed'],
    ['text that is no token', bearer('hello'), 'token_malformed'],
    ['parts that are no base64url', bearer('a.b!.c'), 'token_malformed'],
    ['a payload that is no object', bearer(forged({ alg: 'HS256' }, [1], hmac(jwtSecret))), 'token_malformed'],
    ['a critical extension', bearer(forged({ alg: 'HS256', crit: ['b64'], b64: false }, user, hmac(jwtSecret))), 'token_malformed'],
    ['alg none', bearer(forged({ alg: 'none' }, user, () => 'AA')), 'token_algorithm_refused'],
    ['alg none without a signature', bearer(forged({ alg: 'none' }, user, () => '')), 'token_algorithm_refused'],
    ['alg NONE', bearer(forged({ alg: 'NONE' }, user, () => 'AA')), 'token_algorithm_refused'],
    ['HS384, although the secret would fit', bearer(forged({ alg: 'HS384' }, user, hmac(jwtSecret))), 'token_algorithm_refused'],
    ['the public key used as an HMAC secret', bearer(forged({ alg: 'HS256', kid: 'k1' }, user, hmac(spki))), 'token_signature_invalid'],
    ['ES256 under an RSA key id', bearer(signEs256(user, 'ext', pair.privateKey)), 'token_signature_invalid'],
    ['RS256 under our EC key id', bearer(forged({ alg: 'RS256', kid: 'k1' }, user, () => 'AAAA')), 'token_signature_invalid'],
    ['another key under our key id', bearer(signEs256(user, 'k1', other.privateKey)), 'token_signature_invalid'],
    ['an unknown key id', bearer(signEs256(user, 'k2', pair.privateKey)), 'token_signature_invalid'],
    ['ES256 without a key id', bearer(forged({ alg: 'ES256' }, user, () => 'AAAA')), 'token_signature_invalid'],
    ['a signature of a wrong length', bearer(forged({ alg: 'ES256', kid: 'k1' }, user, () => 'AAAA')), 'token_signature_invalid'],
    ['another secret', bearer(signHs256(user, `${jwtSecret}x`)), 'token_signature_invalid'],
    ['a changed payload', bearer(withPayload(platform(), { ...user, role: 'service_role' })), 'token_signature_invalid'],
    ['an unknown opaque key', { apikey: 'sb_secret_unknown' }, 'key_unknown'],
    ['an unknown opaque key as Bearer', bearer('sb_secret_unknown'), 'key_unknown'],
    ['an apikey that is nothing', { apikey: 'nothing' }, 'key_unknown'],
    ['a good apikey under a bad Bearer', { ...bearer('bad'), apikey: secret }, 'token_malformed'],
    ['a role out of reach', bearer(platform({ role: 'postgres' })), 'role_not_allowed'],
    ['a role that is empty', bearer(platform({ role: '' })), 'role_not_allowed'],
    ['the platform owner as a role', bearer(signHs256({ role: 'plinth_owner' }, jwtSecret)), 'role_not_allowed'],
    ['no credentials when anonymous access is off', {}, 'anonymous_disabled', { anonRole: '' }],
    ['the anon key when anonymous access is off', { apikey: keys.anonKey }, 'anonymous_disabled', { anonRole: '' }],
    ['the publishable key when anonymous access is off', { apikey: publishable }, 'anonymous_disabled', { anonRole: '' }],
    ['a token of 20,000 characters', bearer(`${'a'.repeat(20_000)}.a.a`), 'token_malformed'],
  ]
  it.each(cases)('%s with 401', async (_, credentials, code, changes) => {
    const error = await refusal(resolver(changes), credentials)
    expect(error).toMatchObject({ area: 'identity', code, status: 401 })
    expect(error.extra).toMatchObject({
      pgrstCode: expect.stringMatching(/^(PGRST30[123]|22023)$/),
      wwwAuthenticate: expect.stringMatching(/^Bearer/),
    })
    expect(error.message).not.toContain('{')
  })

  it('a token whose role no header could carry, with a challenge that can be sent', async () => {
    const token = platform({ role: 'an\0on\r\nSet-Cookie: \u4e00"' })
    const error = await Promise.resolve()
      .then(() => resolver().resolve(bearer(token)))
      .catch((cause: unknown) => cause as AppError)
    expect((error as AppError).extra['wwwAuthenticate']).toMatch(/^Bearer error="invalid_token", error_description="[\x20-\x7e]*"$/)
  })

  it('every change of the last character of a signature', async () => {
    const token = platform()
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      if (token.endsWith(last)) continue
      expect((await refusal(resolver(), bearer(token.slice(0, -1) + last))).status).toBe(401)
    }
  })

  it('a cached token from the second of its expiry on', async () => {
    let seconds = nowSeconds
    const one = resolver({ clock: { nowMs: () => seconds * 1000 } })
    await one.resolve(bearer(platform()))
    seconds += 3600
    expect((await refusal(one, bearer(platform()))).code).toBe('token_expired')
  })

  it('the tokens of a revoked session, cached or not, and no others', async () => {
    const one = resolver()
    const [first, second, others] = [platform(), platform({ jti: '2' }), platform({ session_id: 's2' })]
    await one.resolve(bearer(first))
    one.revokeSession('s1')
    expect((await refusal(one, bearer(first))).code).toBe('token_revoked')
    expect((await refusal(one, bearer(second))).code).toBe('token_revoked')
    expect(await one.resolve(bearer(others))).toMatchObject({ sessionId: 's2' })
  })

  it('a revoked token', async () => {
    const one = resolver()
    const token = platform()
    await one.resolve(bearer(token))
    one.revokeToken(token)
    expect((await refusal(one, bearer(token))).code).toBe('token_revoked')
  })
})

describe('PrincipalResolver knows', () => {
  it('whom it has let in, and asks nobody about anybody else', async () => {
    let reloads = 0
    const reload = async () => (reloads++, true)
    const one = resolver({
      signingKeys: { ...options.signingKeys!, reload },
      apiKeys: { ...options.apiKeys!, reload },
    })
    const token = platform()
    const strangers: Credentials[] = [
      { apikey: 'sb_secret_unknown' },
      { authorization: 'Bearer sb_secret_unknown', apikey: publishable },
      bearer(token),
      bearer(signEs256(user, 'k9', pair.privateKey)),
      bearer('garbage'),
      bearer(''),
      { apikey: 'garbage' },
    ]
    for (const credentials of strangers) expect(one.known(credentials)).toBeUndefined()
    expect(reloads).toBe(0)
    await one.resolve(bearer(token))
    await one.resolve({ apikey: publishable })
    expect(one.known(bearer(token))?.role).toBe('authenticated')
    expect(one.known({ authorization: 'Basic eA==', apikey: publishable })?.role).toBe('anon')
    expect(one.known({})?.role).toBe('anon')
  })
})

describe('the token cache', () => {
  it('stays within its bound', async () => {
    const one = resolver({ cacheEntriesMax: 3 })
    for (let i = 0; i < 20; i++) await one.resolve(bearer(platform({ jti: String(i) })))
    expect(one.cachedCount).toBe(3)
  })

  it('keeps a credential in use while strangers pass', async () => {
    const one = resolver({ cacheEntriesMax: 3 })
    const mine = bearer(platform())
    const principal = await one.resolve(mine)
    for (let i = 0; i < 20; i++) {
      await one.resolve(bearer(platform({ jti: String(i) })))
      expect(one.resolve(mine)).toBe(principal)
    }
  })

  it('is emptied when the keys change', async () => {
    let changed: () => void = () => undefined
    const one = resolver({ signingKeys: { ...options.signingKeys!, onChange: (listener) => void (changed = listener) } })
    await one.resolve(bearer(platform()))
    changed()
    expect(one.cachedCount).toBe(0)
  })
})

describe('jwtKeysOf', () => {
  it('gives the same keys for the same secret and others for another', () => {
    expect(jwtKeysOf(jwtSecret)).toEqual(keys)
    expect(jwtKeysOf(`${jwtSecret}2`).anonKey).not.toBe(keys.anonKey)
  })
})

describe('jwkFault', () => {
  const jwk = pair.publicKey.export({ format: 'jwk' })
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
  it.each([
    ['a shared secret', { kty: 'oct', k: 'AAAA' }, /shared secret/],
    ['a private key', pair.privateKey.export({ format: 'jwk' }), /private key/],
    ['an encryption key', { ...jwk, use: 'enc' }, /not for signatures/],
    ['an algorithm of another type', { ...jwk, alg: 'RS256' }, /does not fit/],
    ['an RSA key of 1024 bits', weak, /2048/],
    ['another curve', { kty: 'EC', crv: 'secp256k1', x: 'A', y: 'A' }, /unsupported/],
    ['a damaged key', { ...jwk, x: 'AAAA' }, /not a valid/],
    ['text', 'key', /not an object/],
  ])('names %s', (_, given, reason) => expect(jwkFault(given)).toMatch(reason))
  it('takes good keys', () => expect([jwkFault(jwk), jwkFault(rsa.publicKey.export({ format: 'jwk' }))]).toEqual([undefined, undefined]))
})

async function refusal(one: PrincipalResolver, credentials: Credentials): Promise<AppError> {
  try {
    await one.resolve(credentials)
  } catch (error) {
    return error as AppError
  }
  throw new Error('it was accepted')
}
