import { describe, expect, it } from 'vitest'
import { ReplayBuffer } from './replay-buffer.ts'
import type { RowChange } from './row-change.ts'

function change(lsn: number, commitTimeMs = 0, bytes = 100): RowChange {
  const relation = { oid: 1, tableId: 't', schema: 'public', name: 't', replicaIdentity: 'full' as const, columns: [] }
  return {
    type: 'insert',
    position: { lsn: BigInt(lsn), seq: 0 },
    cursor: `e:${lsn}:0`,
    commitTimeMs,
    xid: 1,
    relation,
    new: {},
    old: null,
    key: null,
    bytes,
  }
}
const at = (lsn: number) => ({ lsn: BigInt(lsn), seq: 0 })

describe('the replay buffer', () => {
  it('gives exactly what came after a position', () => {
    const buffer = new ReplayBuffer(10_000, 1_000, at(0))
    for (const lsn of [1, 3, 5]) buffer.push(change(lsn), 0)
    expect(buffer.after(at(0))!.map(({ cursor }) => cursor)).toEqual(['e:1:0', 'e:3:0', 'e:5:0'])
    expect(buffer.after(at(3))!.map(({ cursor }) => cursor)).toEqual(['e:5:0'])
    expect(buffer.after(at(4))!.map(({ cursor }) => cursor)).toEqual(['e:5:0'])
    expect(buffer.after(at(5))).toEqual([])
  })

  it('says so when a part is gone, by size or by age', () => {
    const small = new ReplayBuffer(250, 1_000, at(0))
    for (const lsn of [1, 2, 3]) small.push(change(lsn), 0)
    expect(small.after(at(0))).toBeUndefined()
    expect(small.after(at(1))).toHaveLength(2)
    expect(small.bytes).toBe(200)
    const old = new ReplayBuffer(10_000, 1_000, at(0))
    old.push(change(1, 0), 0)
    old.push(change(2, 5_000), 5_000)
    expect(old.after(at(0))).toBeUndefined()
    expect(old.after(at(1))).toHaveLength(1)
  })

  it('stays within its size over a long time', () => {
    const buffer = new ReplayBuffer(50_000, 10 ** 9, at(0))
    for (let lsn = 1; lsn <= 20_000; lsn++) buffer.push(change(lsn), 0)
    expect(buffer.bytes).toBeLessThanOrEqual(50_000)
    expect(buffer.after(at(19_990))).toHaveLength(10)
  })
})
