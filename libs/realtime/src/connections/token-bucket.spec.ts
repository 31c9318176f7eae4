import { describe, expect, it } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

describe('a token bucket', () => {
  it('allows the burst at once, then the rate, and never more than the burst', () => {
    let nowMs = 0
    const bucket = new TokenBucket(10, 3, () => nowMs)
    const takes = (count: number) => Array.from({ length: count }, () => bucket.take())
    expect(takes(4)).toEqual([true, true, true, false])
    nowMs = 100
    expect(takes(2)).toEqual([true, false])
    nowMs = 60_000
    expect(takes(4)).toEqual([true, true, true, false])
  })
})
