import { describe, expect, it } from 'vitest'
import { quoteIdentifier, quoteLiteral } from './identifiers.ts'

describe('quoteIdentifier', () => {
  it('quotes every name, whatever is in it', () => {
    expect(quoteIdentifier('order')).toBe('"order"')
    expect(quoteIdentifier('a"; drop table x; --')).toBe('"a""; drop table x; --"')
  })
  it('refuses a zero byte, which Postgres would cut the name at', () => {
    expect(() => quoteIdentifier('a\0b')).toThrow(TypeError)
    expect(() => quoteLiteral('a\0b')).toThrow(TypeError)
  })
})

describe('quoteLiteral', () => {
  it('doubles quotes, and backslashes in an E string', () => {
    expect(quoteLiteral("it's")).toBe("'it''s'")
    expect(quoteLiteral("\\' or 1=1")).toBe(" E'\\\\'' or 1=1'")
  })
})
