import { describe, expect, it } from 'vitest'
import { PasswordHasher } from './password-hasher.ts'

describe('PasswordHasher', () => {
  it('hashes with argon2id 19 MiB, two passes, one lane, and verifies', async () => {
    const hasher = new PasswordHasher()
    const hash = await hasher.hashPassword('correct horse')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await hasher.verifyPassword(hash, 'correct horse')).toBe(true)
    expect(await hasher.verifyPassword(hash, 'correct horsf')).toBe(false)
  })

  it('does the same work without a hash, and no password fits', async () => {
    const hasher = new PasswordHasher()
    for (const hash of [undefined, null, '', '$2a$10$abcdefghijklmnopqrstuv']) {
      const before = hasher.operations.verified
      expect(await hasher.verifyPassword(hash, 'no account has this password')).toBe(false)
      expect(hasher.operations.verified - before).toBe(1)
    }
  })

  it('runs a burst two at a time and refuses what is beyond the line', async () => {
    const hasher = new PasswordHasher({ concurrencyMax: 2, waitingMax: 3 })
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => hasher.hashPassword('x')))
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(5)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'password_service_busy', status: 503 })
    }
    expect(hasher.operations.hashed).toBe(5)
    await hasher.hashPassword('and the next one runs again')
  })

  it('frees its place when an operation fails', async () => {
    const hasher = new PasswordHasher({ concurrencyMax: 1, waitingMax: 10 })
    await expect(hasher.verifyPassword('$argon2id$damaged', 'x')).rejects.toThrow()
    expect(await hasher.verifyPassword(null, 'x')).toBe(false)
  })
})
