import { describe, expect, it } from 'vitest'
import { PlanCache } from './plan-cache.ts'

/** Offers a key as often as it takes to be kept. */
function keep(cache: PlanCache<string>, key: string, bytes = 100): void {
  cache.offer(key, key, bytes)
  cache.offer(key, key, bytes)
}

describe('PlanCache', () => {
  it('keeps what comes a second time', () => {
    const cache = new PlanCache<string>({ bytesMax: 10_000, entriesMax: 10 })
    expect(cache.offer('a', 'A', 100)).toBe(false)
    expect(cache.get('a')).toBeUndefined()
    expect(cache.offer('a', 'A', 100)).toBe(true)
    expect(cache.get('a')).toBe('A')
  })

  it('100,000 requests that are all different leave the warm plans in place and take no memory', () => {
    const cache = new PlanCache<string>({ bytesMax: 40_000, entriesMax: 100 })
    const warm = Array.from({ length: 100 }, (_, i) => `GET todos?id=eq.\0&select=${i}`)
    for (const key of warm) keep(cache, key)
    const before = cache.bytes
    for (let i = 0; i < 100_000; i++) cache.offer(`GET todos?select=id,x${i}:title&order=id`, 'hostile', 1_000)
    expect(warm.filter((key) => cache.get(key) === undefined)).toEqual([])
    expect([cache.size, cache.bytes]).toEqual([100, before])
  })

  it('stays within its bytes, and what was not asked for goes first', () => {
    const cache = new PlanCache<string>({ bytesMax: 3_000, entriesMax: 100 })
    for (const key of ['a', 'b', 'c', 'd']) keep(cache, key, 500)
    expect(cache.get('a')).toBe('a')
    keep(cache, 'e', 500)
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => cache.get(key) !== undefined)).toEqual(['a', 'c', 'd', 'e'])
    expect(cache.bytes).toBeLessThanOrEqual(3_000)
  })

  it('keeps neither what is larger than all of it nor a key that is too long', () => {
    const cache = new PlanCache<string>({ bytesMax: 3_000, entriesMax: 100, keyLengthMax: 10 })
    keep(cache, 'a', 2_000)
    keep(cache, 'large', 3_000)
    keep(cache, 'x'.repeat(11))
    expect([cache.size, cache.get('a')]).toEqual([1, 'a'])
  })

  it('lets an entry grow at the cost of others, and of itself in the end', () => {
    const cache = new PlanCache<string>({ bytesMax: 3_000, entriesMax: 100 })
    for (const key of ['a', 'b']) keep(cache, key, 500)
    cache.grow('b', 1_800)
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, 'b'])
    cache.grow('b', 1_800)
    expect([cache.size, cache.bytes]).toEqual([0, 0])
  })

  it('after it was cleared, keys that were seen are kept at once', () => {
    const cache = new PlanCache<string>({ bytesMax: 3_000, entriesMax: 100 })
    keep(cache, 'a')
    cache.clear()
    expect([cache.size, cache.bytes]).toEqual([0, 0])
    expect(cache.offer('a', 'new', 100)).toBe(true)
  })
})
