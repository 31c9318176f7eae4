import { describe, expect, it } from 'vitest'
import { Introspections } from './introspections.ts'

function* counted(calls: string[], name: string, pieces: Iterable<string>): Iterable<string> {
  calls.push(name)
  yield* pieces
}

/** Pieces for ever longer than a slice of work. */
function* slow(pieces: number): Iterable<string> {
  for (let i = 0; i < pieces; i++) {
    const until = performance.now() + 12
    while (performance.now() < until);
    yield String(i % 10)
  }
}

describe('introspections', () => {
  it('are told one at a time, equal ones once, in the order in which they came', async () => {
    const introspections = new Introspections()
    const calls: string[] = []
    const tell = (key: string) => introspections.tell(key, () => counted(calls, key, [key, key]))
    expect(await Promise.all([tell('a'), tell('b'), tell('a'), tell('c'), tell('b')])).toEqual(['aa', 'bb', 'aa', 'cc', 'bb'])
    expect(calls).toEqual(['a', 'b', 'c'])
  })

  it('that are asked for again are kept', async () => {
    const introspections = new Introspections()
    const calls: string[] = []
    for (let round = 0; round < 5; round++) expect(await introspections.tell('a', () => counted(calls, 'a', ['x', 'y']))).toBe('xy')
    expect(calls).toEqual(['a', 'a'])
  })

  it('give others their turn', async () => {
    let turns = 0
    const told = new Introspections().tell('a', () => slow(8))
    const turn = () => {
      turns += 1
      handle = setImmediate(turn)
    }
    let handle = setImmediate(turn)
    expect(await told).toBe('01234567')
    clearImmediate(handle)
    expect(turns).toBeGreaterThanOrEqual(8)
  })

  it('that fail do not hold up the next', async () => {
    const introspections = new Introspections()
    const failing = () => {
      throw new Error('no such schema')
    }
    const [first, second] = await Promise.allSettled([introspections.tell('a', failing), introspections.tell('b', () => ['b'])])
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'no such schema' } })
    expect(second).toEqual({ status: 'fulfilled', value: 'b' })
    expect(await introspections.tell('a', () => ['a'])).toBe('a')
  })

  it('have bounds: how many wait, and how long one is', async () => {
    const introspections = new Introspections()
    const waiting = Array.from({ length: 100 }, (_unused, i) => introspections.tell(String(i), () => ['x']))
    await expect(introspections.tell('one more', () => ['x'])).rejects.toMatchObject({ status: 429 })
    expect(await introspections.tell('5', () => ['other'])).toBe('x')
    await Promise.all(waiting)
    function* endless(): Iterable<string> {
      const piece = 'x'.repeat(1_000_000)
      for (;;) yield piece
    }
    await expect(introspections.tell('endless', endless)).rejects.toMatchObject({ code: 'validation-failed' })
  })
})
