import { describe, expect, it } from 'vitest'
import { RateLimiter } from './rate-limiter.ts'

describe('RateLimiter', () => {
  let now = 0
  const limit = { count: 3, windowMs: 3000 }
  const start = (keysMax?: number) => new RateLimiter({ keysMax, clock: { nowMs: () => now } })
  const take = (limiter: RateLimiter, times: number, key = 'k') => Array.from({ length: times }, () => limiter.take(key, limit).isAllowed)

  it('lets the whole count through at once, then one per share of the window', () => {
    const limiter = start()
    expect(take(limiter, 4)).toEqual([true, true, true, false])
    expect(limiter.take('k', limit)).toEqual({ isAllowed: false, retryAfterMs: 1000 })
    now += 1000
    expect(take(limiter, 2)).toEqual([true, false])
  })

  it('does not move the end of the wait when refused', () => {
    const limiter = start()
    take(limiter, 100)
    now += 1000
    expect(take(limiter, 1)).toEqual([true])
  })

  it('keeps keys apart and forgets one on reset', () => {
    const limiter = start()
    take(limiter, 3)
    expect(take(limiter, 1, 'other')).toEqual([true])
    limiter.reset('k')
    expect(take(limiter, 1)).toEqual([true])
  })

  it('lets nothing through a limit of zero', () => {
    expect(start().take('k', { count: 0, windowMs: 1000 })).toEqual({ isAllowed: false, retryAfterMs: 1000 })
  })

  it('stays within its bound and does not forget a key under attack', () => {
    const limiter = start(10)
    take(limiter, 4)
    for (let i = 0; i < 100; i++) {
      take(limiter, 1, `stranger ${i}`)
      expect(take(limiter, 1)).toEqual([false])
    }
    expect(limiter.size).toBeLessThanOrEqual(10)
  })

  it('frees full buckets', () => {
    const limiter = start()
    for (let i = 0; i < 50; i++) take(limiter, 1, `k${i}`)
    now += 10_000
    take(limiter, 1, 'last')
    expect(limiter.size).toBe(1)
  })
})
