import { describe, expect, it } from 'vitest'
import { exactText, parseExact } from './exact-json.ts'

describe('exact JSON', () => {
  it.each([
    '12345678901234567890',
    '[1.10,-0,1e400,0.1]',
    '{"a":{"b":[null,true,"x"]},"__proto__":{"c":1}}',
    String.raw`"quote \" backslash \\ line \n é 😀"`,
    '[]',
    '{}',
  ])('%s stays what it is', (text) => {
    expect(exactText(parseExact(text))).toBe(text)
  })

  it('blanks between and digits that a number holds make no difference', () => {
    expect(parseExact(' { "a" : [ 1 , 2.5 ] , "b" : "1, 2" }\n')).toEqual(Object.assign(Object.create(null), { a: [1, 2.5], b: '1, 2' }))
  })

  it('too deep is refused', () => {
    expect(() => parseExact('['.repeat(5_000) + ']'.repeat(5_000))).toThrow(/levels of nesting/)
  })
})
