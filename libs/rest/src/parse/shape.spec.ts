import { describe, expect, it } from 'vitest'
import { parametersOf, shapeOf } from './shape.ts'

describe('shapes', () => {
  const shape = (query: string, isCall = false) => shapeOf(query, isCall)

  it('take values out, and only those', () => {
    expect(shape('id=eq.1&name=not.like(any).{a}')).toEqual({ shape: 'id=eq.\0&name=not.like(any).\0', values: ['1', '{a}'] })
    expect(shape('id=eq.7').shape).toBe(shape('id=eq.8').shape)
    for (const [one, two] of [
      ['id=eq.1', 'id=neq.1'],
      ['id=is.null', 'id=is.true'],
      ['order=a', 'order=b'],
      ['rel.order=eq.a', 'rel.order=eq.b'],
      ['or=(a.eq.1)', 'or=(b.eq.1)'],
      ['or=(a.eq.1)', 'and=(a.eq.1)'],
      ['or=(a.is.null)', 'or=(a.is.true)'],
      ['offset=1', 'offset=x'],
      ['offset=1', 'offset=0'],
      ['limit=1', 'limit=2'],
      ['%6Frder=eq.a', '%6Frder=eq.b'],
      ['fts=fts(a).1', 'fts=fts(b).1'],
      ['a=eq.1', 'b=eq.1'],
      ['a=eq.1&b=eq.2', 'a=eq.1'],
      ['a=eq.1&limit=1', 'a=eq.1&limit=2'],
    ]) {
      expect(shape(one!).shape, `${one} and ${two}`).not.toBe(shape(two!).shape)
    }
  })

  it('number values as the parameters are numbered', () => {
    const query = 'select=a&x=eq.1&order=b&y=in.(2,3)&z=is.null&w=not.gt.4'
    const { values } = shape(query)
    const slots = parametersOf(query, false).filter(({ slot }) => slot !== undefined)
    expect(slots.map(({ slot }) => values[slot!])).toEqual(['1', '(2,3)', '4'])
    expect(slots.map(({ head, value }) => value.slice(head.length))).toEqual(values)
  })

  it('keep a filter of a call whole whose operator is written in percent signs', () => {
    expect(shape('a=%65q.1', true)).toEqual({ shape: 'a=%65q.1', values: [] })
  })

  it('take arguments of calls out whole', () => {
    expect(shape('a=1&b=x.y', true).values).toEqual(['1', 'x.y'])
  })

  it('take out values of logic trees and offsets, however they are escaped', () => {
    expect(shape('or=(a.eq.1,b.in.(2,3))&offset=40').values).toEqual(['1', '(2,3)', '40'])
    expect(shape('or=%28a.eq.1%2Cb.in.%282%2C3%29%29&offset=40').values).toEqual(['1', '(2,3)', '40'])
    expect(shape('rel.not.or=(a.eq.1)').shape).toBe(shape('rel.not.or=(a.eq.%22x%2Cy%22)').shape)
    expect(shape('a=fts%28english%29.x&b=eq(any).%7B1%7D').values).toEqual(['x', '{1}'])
  })

  it('tell a tree whose names look like other parameters from those parameters', () => {
    expect(shape('or=(a.eq.1)&b=eq.2').shape).not.toBe(shape('or=%28a.eq.1%29%26b=eq.2').shape)
    expect(shape('or=(a->%22x)%26b=eq%22.eq.1)').shape).not.toBe(shape('or=(a->%22x)&b=eq.%22.eq.1)').shape)
  })
})
