import { describe, expect, it } from 'vitest'
import { fault, refusal } from '../../test/refusal.ts'
import { parseOrder } from './order.ts'

describe('order', () => {
  it('reads directions, nulls, json paths and related columns', () => {
    expect(parseOrder('a,b.desc.nullslast,c->>d.nullsfirst,r(e).desc')).toMatchObject([
      { field: { name: 'a' }, direction: 'asc' },
      { field: { name: 'b' }, direction: 'desc', nulls: 'last' },
      { field: { name: 'c', path: [{ key: 'd', asText: true }] }, nulls: 'first' },
      { relation: 'r', field: { name: 'e' }, direction: 'desc' },
    ])
  })

  it.each(['', 'a.down', 'a.desc.nulls', 'a,', 'r(a'])('refuses %j', (text) => {
    expect(refusal(() => parseOrder(text)).code).toBe('PGRST100')
  })

  // Places and words as the reference's own documentation of its parser shows them.
  it.each([
    ['clients(name,id)', 8, `unexpected '(' expecting letter, digit, "-", "->>", "->", delimiter (.), "," or end of input`],
    ['id.ac', 4, 'unexpected "c" expecting "asc", "desc", "nullsfirst" or "nullslast"'],
    ['id.descc', 8, `unexpected 'c' expecting delimiter (.), "," or end of input`],
    ['id.nulsfist', 4, 'unexpected "n" expecting "asc", "desc", "nullsfirst" or "nullslast"'],
    ['id.nullslasttt', 13, `unexpected 't' expecting "," or end of input`],
    ['id.asc.nlsfst', 8, 'unexpected "l" expecting "nullsfirst" or "nullslast"'],
    ['id.asc.nullslasttt', 17, `unexpected 't' expecting "," or end of input`],
    ['id.asc.smth34', 8, 'unexpected "s" expecting "nullsfirst" or "nullslast"'],
  ])('%s is faulted at column %i', (text, column, details) => {
    expect(fault(() => parseOrder(text))).toEqual({ message: `"failed to parse order (${text})" (line 1, column ${column})`, details })
  })
})
