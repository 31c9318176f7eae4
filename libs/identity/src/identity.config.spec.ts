import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '#libs/kernel'
import { identityConfig } from './identity.config.ts'

const read = (environment: Record<string, string>) => readConfig({ identity: identityConfig }, environment).identity
const faults = (environment: Record<string, string>) => {
  try {
    read(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  throw new Error('it was accepted')
}
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

describe('identityConfig', () => {
  it('needs nothing', () => expect(read({})).toEqual({ PLINTH_API_ANON_ROLE: 'anon' }))

  it('reads public keys, and an empty anonymous role as none', () => {
    const jwk = publicKey.export({ format: 'jwk' })
    expect(read({ PLINTH_JWT_JWKS: JSON.stringify({ keys: [jwk] }), PLINTH_API_ANON_ROLE: '' })).toEqual({
      PLINTH_JWT_JWKS: [jwk],
      PLINTH_API_ANON_ROLE: '',
    })
  })

  it('names every faulty key by its place, never its content', () => {
    const keys = [{ kty: 'oct', k: 'c2VjcmV0' }, publicKey.export({ format: 'jwk' }), privateKey.export({ format: 'jwk' })]
    const found = faults({ PLINTH_JWT_JWKS: JSON.stringify({ keys }), PLINTH_JWT_SECRET: 'short' })
    expect(found).toEqual([
      { variable: 'PLINTH_JWT_SECRET', reason: 'must have at least 32 characters' },
      { variable: 'PLINTH_JWT_JWKS', reason: expect.stringContaining('key 1 is a shared secret') },
      { variable: 'PLINTH_JWT_JWKS', reason: expect.stringContaining('key 3 holds a private key') },
    ])
    expect(JSON.stringify(found)).not.toContain('c2VjcmV0')
  })

  it.each(['{', '[]', 'null', '{"keys":{}}'])('refuses %s as a JWKS', (text) => {
    expect(faults({ PLINTH_JWT_JWKS: text })).toMatchObject([{ reason: expect.stringContaining('must be a JWKS') }])
  })
})
