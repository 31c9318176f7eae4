import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { ApiKeys, PrincipalResolver, SigningKeys, TokenSigner } from '../src/index.ts'

const jwtSecret = 'a-secret-of-at-least-thirty-two-characters'
const issuer = 'http://127.0.0.1:8000/auth/v1'
const claims = { sub: '7f3c9d5e-0000-4000-8000-000000000001', aud: 'authenticated', role: 'authenticated' }

let db: TestDatabase
const opened: { onModuleDestroy(): void }[] = []
const keep = <T extends { onModuleDestroy(): void }>(one: T): T => (opened.push(one), one)
const openSigningKeys = async () => keep(await SigningKeys.open(db.platform))
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(async () => {
  for (const one of opened) one.onModuleDestroy()
  await db[Symbol.asyncDispose]()
})

describe('SigningKeys', () => {
  const node = (signingKeys: SigningKeys) => ({
    signer: new TokenSigner({ signingKeys, jwtSecret, issuer }),
    resolver: new PrincipalResolver({ jwtSecret, issuer, signingKeys }),
  })
  const bearer = (signer: TokenSigner) => ({ authorization: `Bearer ${signer.sign(claims, 60).token}` })

  it('several nodes that start at once agree on one first key', async () => {
    const nodes = await Promise.all([openSigningKeys(), openSigningKeys(), openSigningKeys()])
    expect(new Set(nodes.map((keys) => keys.current().kid)).size).toBe(1)
    expect(nodes[0].list()).toMatchObject([{ state: 'current', algorithm: 'ES256' }])
  })

  it('the JWKS holds public parts only', async () => {
    const [key] = (await openSigningKeys()).jwks().keys
    expect(Object.keys(key!).sort()).toEqual(['alg', 'crv', 'key_ops', 'kid', 'kty', 'use', 'x', 'y'])
  })

  it('a rotated key verifies old tokens until it is revoked, also on a node that signed nothing', async () => {
    const keys = await openSigningKeys()
    const [here, there] = [node(keys), node(await openSigningKeys())]
    const old = bearer(here.signer)
    expect(await there.resolver.resolve(old)).toMatchObject({ userId: claims.sub })
    const oldKid = keys.current().kid
    const standby = await keys.createStandby()
    await expect(keys.createStandby()).rejects.toMatchObject({ code: 'standby_exists', status: 409 })
    expect(keys.jwks().keys).toHaveLength(2)
    expect(await keys.rotate()).toMatchObject({ kid: standby.kid, state: 'current' })
    expect(await here.resolver.resolve(old)).toMatchObject({ userId: claims.sub })
    await expect(keys.revoke(keys.current().kid)).rejects.toMatchObject({ code: 'signing_key_in_use' })
    expect(await keys.revoke(oldKid)).toMatchObject({ state: 'revoked' })
    await expect(keys.revoke(oldKid)).rejects.toMatchObject({ code: 'signing_key_revoked' })
    await expect(keys.revoke('nothing')).rejects.toMatchObject({ code: 'signing_key_not_found' })
    await expect(async () => here.resolver.resolve(old)).rejects.toMatchObject({ code: 'token_signature_invalid' })
    expect(keys.jwks().keys).toHaveLength(1)
  })

  it('rotation without a standby key makes one, and another node learns it from the first token', async () => {
    const other = keep(await SigningKeys.open(db.platform))
    const keys = await openSigningKeys()
    await keys.rotate()
    // `other` read its keys a moment ago; the floor between two reads is waited out on its own clock.
    await expect.poll(() => other.reload(), { timeout: 10_000, interval: 500 }).toBe(true)
    expect(await node(other).resolver.resolve(bearer(node(keys).signer))).toMatchObject({ userId: claims.sub })
  })

  it('keeps private parts of the standby and the current key only', async () => {
    const rows = await db.sql(`select state, private_jwk is not null as private from plinth.signing_keys order by 1`)
    expect(new Set(rows.map((row) => `${String(row['state'])} ${String(row['private'])}`))).toEqual(
      new Set(['current true', 'previous false', 'revoked false']),
    )
  })

  it.each(['anon', 'authenticated', 'service_role'])('%s may read neither signing keys nor API keys', async (role) => {
    for (const table of ['signing_keys', 'api_keys']) {
      const run = db.request.run({ role, claimsJson: '{}', readOnly: true }, { text: `select * from plinth.${table}`, values: [] })
      await expect(run).rejects.toMatchObject({ sqlstate: '42501' })
    }
  })
})

describe('TokenSigner', () => {
  it('signs with HS256 where that is set', async () => {
    const signer = new TokenSigner({ signingKeys: await openSigningKeys(), jwtSecret, issuer })
    signer.useHs256When(() => true)
    const { token, expiresAt, issuedAt } = signer.sign(claims, 60)
    expect(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString())).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(expiresAt - issuedAt).toBe(60)
    expect(await new PrincipalResolver({ jwtSecret, issuer }).resolve({ authorization: `Bearer ${token}` })).toMatchObject({ expiresAt })
  })
})

describe('ApiKeys', () => {
  const kept = new Map<string, string>()
  const secrets = {
    secret: async (name: string, make: () => string) => kept.get(name) ?? (kept.set(name, make()), kept.get(name)!),
    setSecret: async (name: string, value: string) => void kept.set(name, value),
  }
  const open = async () => {
    const apiKeys = keep(await ApiKeys.open(db.platform, secrets))
    return { apiKeys, resolver: new PrincipalResolver({ jwtSecret, apiKeys }) }
  }
  const refused = expect.objectContaining({ code: 'key_unknown', status: 401 })

  it('the default keys are made once and stay', async () => {
    const [first, second] = [await open(), await open()]
    const keys = first.apiKeys.defaultKeys()
    expect(keys.publishableKey).toMatch(/^sb_publishable_[\w-]{32}$/)
    expect(keys.secretKey).toMatch(/^sb_secret_[\w-]{32}$/)
    expect(second.apiKeys.defaultKeys()).toEqual(keys)
    expect(await second.resolver.resolve({ apikey: keys.secretKey })).toMatchObject({ role: 'service_role' })
  })

  it('the database holds no value of a key', async () => {
    const { apiKeys } = await open()
    const text = JSON.stringify(await db.sql(`select *, encode(hash, 'escape') as escaped from plinth.api_keys`))
    expect(text).not.toContain(apiKeys.defaultKeys().secretKey.slice('sb_secret_'.length + 4))
  })

  it('a further key works until it is revoked, also when it was cached', async () => {
    const { apiKeys, resolver } = await open()
    const { id, key } = await apiKeys.create('secret', 'ci')
    expect(await resolver.resolve({ apikey: key })).toMatchObject({ role: 'service_role', authenticated: true })
    await apiKeys.revoke(id)
    await expect(async () => resolver.resolve({ apikey: key })).rejects.toEqual(refused)
    await expect(apiKeys.revoke(id)).rejects.toMatchObject({ code: 'api_key_not_found' })
    expect((await apiKeys.list())[0]).toMatchObject({
      id,
      name: 'ci',
      kind: 'secret',
      prefix: key.slice(0, 14),
      revokedAt: expect.any(String),
    })
  })

  it('a rotated default key replaces the old value everywhere', async () => {
    const { apiKeys, resolver } = await open()
    const old = apiKeys.defaultKeys().publishableKey
    const next = await apiKeys.rotateDefault('publishable')
    expect(kept.get('publishable_key')).toBe(next)
    expect(await resolver.resolve({ apikey: next })).toMatchObject({ role: 'anon' })
    await expect(async () => resolver.resolve({ apikey: old })).rejects.toEqual(refused)
    expect((await open()).apiKeys.defaultKeys().publishableKey).toBe(next)
  })

  it('notes when a key was last used', async () => {
    const { apiKeys, resolver } = await open()
    const { id, key } = await apiKeys.create('publishable', 'web')
    await resolver.resolve({ apikey: key })
    await apiKeys.create('publishable', 'another one, whose making reads and writes all')
    expect((await apiKeys.list()).find((one) => one.id === id)?.lastUsedAt).not.toBeNull()
  })
})
