import { describe, expect, it } from 'vitest'
import { guardedRows, rowCount } from './row-guard.ts'

describe('the guard of a row count', () => {
  it('is a plain count without a guard, and fails for any other count with one', () => {
    expect(rowCount(undefined)).toBe('count(*)')
    expect(rowCount({ exactly: 1 })).toBe(`case when count(*) = 1 then count(*) else ('plinth.rows=' || count(*))::int8 end`)
    expect(rowCount({ atMost: 0 })).toContain('count(*) <= 0')
    expect(() => rowCount({ atMost: 0.5 })).toThrow(TypeError)
  })

  it('reads the count from its own error only', () => {
    const message = 'invalid input syntax for type bigint: "plinth.rows=12"'
    expect(guardedRows({ sqlstate: '22P02', message })).toBe(12)
    expect(guardedRows({ sqlstate: '22023', message })).toBeUndefined()
    expect(guardedRows({ sqlstate: '22P02', message: 'invalid input syntax for type bigint: "12"' })).toBeUndefined()
  })
})
