import { describe, expect, it } from 'vitest'
import type { FilterValue } from '../parse/syntax.ts'
import { shapeOf } from '../parse/shape.ts'
import { cursorHeadEnd } from './cursor-head.ts'
import { readCursor, writeCursor } from './cursor-text.ts'
import { nextLink } from './page.ts'

const given = (text: string): FilterValue => ({ text })

describe('a cursor', () => {
  it('gives back the values that it was made of', () => {
    for (const values of [['1'], ['a', null, 'Ü "\\'], [null, null, '7'], ['', '{}']] as const) {
      const text = writeCursor('abc-_1', values)
      expect(readCursor(given(text), 'abc-_1', values.length).map((node) => node && node.value)).toEqual(values)
      expect(cursorHeadEnd(text, 0)).toBe(values.length + 8)
      expect(encodeURIComponent(text)).toBe(text)
    }
  })

  it('is refused when it is of another order, cut short, or no cursor at all', () => {
    const text = writeCursor('abcdef', ['1', '2'])
    const refused = (value: string, tag = 'abcdef', terms = 2) =>
      expect(() => readCursor(given(value), tag, terms)).toThrow('The cursor is not one of this request')
    refused(text, 'abcdeg')
    refused(text, 'abcdef', 3)
    refused(text.slice(0, -3))
    refused('vv.abcdef.')
    refused(`vv.abcdef.${'A'.repeat(5_000)}`)
    expect(() => writeCursor('abcdef', ['x'.repeat(4_000)])).toThrow('too long for a URL')
  })

  it('takes its values from the request that runs, not from the one that was planned', () => {
    const [first, second] = [writeCursor('abcdef', ['1', null]), writeCursor('abcdef', ['2', null])]
    const { shape, values } = shapeOf(`limit=2&cursor=${first}`, false)
    const next = shapeOf(`limit=2&cursor=${second}`, false)
    expect(next.shape).toBe(shape)
    expect(shapeOf(`cursor=${writeCursor('abcdef', [null, '2'])}`, false).shape).not.toBe(shapeOf(`cursor=${first}`, false).shape)
    const [node] = readCursor({ text: first, slot: 0 }, 'abcdef', 2)
    const ref = node!.ref as { make: (slots: readonly string[]) => string }
    expect([ref.make(values), ref.make(next.values)]).toEqual(['1', '2'])
  })

  it('is told from a filter on a column of that name', () => {
    for (const filter of ['eq.1', 'not.eq.1', 'is.null', 'in.(1,2)', 'n.x', 'vn.short.x', 'fts(vn).abcdef.x'])
      expect(cursorHeadEnd(filter, 0)).toBe(0)
  })
})

describe('the link', () => {
  it('keeps the request and replaces where the page begins', () => {
    const ends = JSON.stringify([['1'], ['2']])
    expect(nextLink('abcdef', ends, '/t?cursor=v.abcdef.x&limit=2&offset=4&select=id')).toBe(
      `<?limit=2&select=id&cursor=${writeCursor('abcdef', ['1'])}>; rel="next"`,
    )
    expect(nextLink('abcdef', ends, '/t')).toBe(`<?cursor=${writeCursor('abcdef', ['1'])}>; rel="next"`)
  })

  it('is not there on the last page, and not where it would lead nowhere', () => {
    expect([nextLink('abcdef', null, '/t'), nextLink('abcdef', '[["1"]]', '/t')]).toEqual([undefined, undefined])
    expect(() => nextLink('abcdef', '[["1", null], ["1", null]]', '/t')).toThrow('several rows have the same key')
  })
})
