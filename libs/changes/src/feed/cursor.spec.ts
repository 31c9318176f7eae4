import { describe, expect, it } from 'vitest'
import { comparePositions, formatCursor, formatLsn, formatPartialCursor, parseCursor, parseLsn } from './cursor.ts'

describe('cursors', () => {
  it('keep the position through text and back', () => {
    for (const lsn of [0n, 1n, 0xffffffffn, 0x16b374d848n, 0xffffffffffffffffn]) {
      expect(parseLsn(formatLsn(lsn))).toBe(lsn)
      expect(parseCursor(formatCursor('ab12', { lsn, seq: 7 }))).toEqual({ epoch: 'ab12', position: { lsn, seq: 7 } })
    }
  })

  it('of a part of a change lie before it, and differ from the whole', () => {
    const position = { lsn: 16n, seq: 0 }
    const part = formatPartialCursor('e', position, 1)
    expect(part).toBe('e:0/10:-1.1')
    expect(comparePositions(parseCursor(part)!.position, position)).toBeLessThan(0)
  })

  it('are refused when they are none', () => {
    for (const text of ['', 'a:b:c', 'e:0/0', 'e:0/0:x', 'e:0/0:1:2', 'e e:0/0:1', `${'e'.repeat(40)}:0/0:1`, 'e:0/0:99999999999']) {
      expect(parseCursor(text)).toBeUndefined()
    }
  })

  it('are ordered by commit, then by row', () => {
    const ordered = [
      { lsn: 1n, seq: 0 },
      { lsn: 1n, seq: 2 },
      { lsn: 2n, seq: 0 },
      { lsn: 2n ** 63n, seq: 0 },
    ]
    expect([...ordered].reverse().sort(comparePositions)).toEqual(ordered)
  })
})
