import { describe, expect, it } from 'vitest'
import { SignedTokens } from './signed-tokens.ts'

const secret = 'a secret of at least thirty-two characters'
const grant = { url: 'b/a.txt', scope: 'download' } as const
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('SignedTokens', () => {
  let nowMs = 1_000_000_000
  const tokens = new SignedTokens(secret, { nowMs: () => nowMs })

  it('grants what was signed, until it expires', () => {
    const token = tokens.sign({ ...grant, owner: 'ann', upsert: true }, 60)
    expect(tokens.verify(token, 'download', 'b/a.txt')).toMatchObject({ owner: 'ann', upsert: true })
    nowMs += 60_000
    expect(() => tokens.verify(token, 'download', 'b/a.txt')).toThrow('"exp" claim timestamp check failed')
  })

  it('opens neither another object nor another purpose', () => {
    const token = tokens.sign(grant, 60)
    expect(() => tokens.verify(token, 'download', 'b/b.txt')).toThrow('Invalid signature')
    expect(() => tokens.verify(token, 'upload', 'b/a.txt')).toThrow('Invalid signature')
  })

  it('refuses what it did not sign', () => {
    const [head, payload, signature] = tokens.sign(grant, 60).split('.') as [string, string, string]
    const forged = encode({ ...grant, url: 'b/b.txt', exp: 9e9 })
    const unsigned = `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`
    for (const token of [
      `${head}.${forged}.${signature}`,
      unsigned,
      `${head}.${payload}`,
      `${head}.${payload}.${signature}.x`,
      'x',
      'x'.repeat(10_000),
    ]) {
      expect(() => tokens.verify(token, 'download', 'b/a.txt')).toThrow(/signature verification failed|Invalid Compact JWS/)
    }
    expect(() => new SignedTokens(`${secret}!`).verify(`${head}.${payload}.${signature}`, 'download', 'b/a.txt')).toThrow(
      'signature verification failed',
    )
    expect(() => tokens.verify(undefined, 'download', 'b/a.txt')).toThrow("must have required property 'token'")
  })
})
