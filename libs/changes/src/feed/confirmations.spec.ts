import { describe, expect, it } from 'vitest'
import { Confirmations } from './confirmations.ts'

describe('confirmations', () => {
  it('let Postgres forget only what is older than the retention time', () => {
    const confirmations = new Confirmations(100n, 60_000, 1_000_000)
    confirmations.received(200n, 0)
    confirmations.received(300n, 30_000)
    expect(confirmations.confirmable(59_999)).toBe(100n)
    expect(confirmations.confirmable(60_000)).toBe(200n)
    expect(confirmations.confirmable(90_000)).toBe(300n)
  })

  it('let it forget earlier when too much would be kept', () => {
    const confirmations = new Confirmations(0n, 60_000, 1_000)
    confirmations.received(900n, 0)
    expect(confirmations.confirmable(1)).toBe(0n)
    confirmations.received(1_500n, 2_000)
    expect(confirmations.confirmable(2_001)).toBe(900n)
  })

  it('never go back, whatever the server reports', () => {
    const confirmations = new Confirmations(500n, 0, 1_000)
    confirmations.received(400n, 0)
    expect(confirmations.confirmable(10)).toBe(500n)
  })

  it('hold at most about one mark a second', () => {
    const confirmations = new Confirmations(0n, 1_000, 10 ** 9)
    for (let at = 1; at <= 10_000; at++) confirmations.received(BigInt(at), at / 10)
    expect(confirmations.confirmable(2_001)).toBe(10_000n)
  })
})
