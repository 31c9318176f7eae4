import { expect, it } from 'vitest'
import { isVisible, parseSnapshot, untilVisible } from './visible-transactions.ts'

it('a transaction is visible when the snapshot began after it and does not list it', () => {
  const snapshot = parseSnapshot('100:110:100,105')
  expect([99, 100, 101, 105, 109, 110, 120].map((xid) => isVisible(xid, snapshot))).toEqual([true, false, true, false, true, false, false])
  expect(parseSnapshot('7:7:')).toEqual({ xmin: 7n, xmax: 7n, running: new Set() })
})

it('the lower half of an id is read against the snapshot, on both sides of a wrap', () => {
  const behind = parseSnapshot(`${(5n << 32n) + 3n}:${(5n << 32n) + 4n}:`)
  expect(isVisible(0xffffffff, behind)).toBe(true)
  expect(isVisible(2, behind)).toBe(true)
  const before = parseSnapshot(`${(5n << 32n) - 10n}:${(5n << 32n) - 9n}:`)
  expect(isVisible(3, before)).toBe(false)
})

it('waits until the last transaction is visible', async () => {
  const snapshots = ['10:12:10', '10:12:10', '12:12:']
  let looks = 0
  const database = { query: async <R>() => [{ snapshot: snapshots[looks++] }] as R[] }
  expect(await untilVisible(database, [9, 10], async () => undefined)).toBe(true)
  expect(looks).toBe(3)
})
