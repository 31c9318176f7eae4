import { describe, expect, it } from 'vitest'
import { fault, refusal } from '../../test/refusal.ts'
import { parseQuery } from './query-string.ts'
import { parametersOf } from './shape.ts'

describe('the query string', () => {
  const parse = (query: string, isArgument?: (name: string) => boolean) =>
    parseQuery(parametersOf(query, isArgument !== undefined), isArgument)

  it('sorts parameters by their name alone', () => {
    const query = parse(
      'select=id&a.b.c=eq.1&a.not.or=(x.eq.1)&a.order=y&limit=5&a.offset=2&columns=x,"y z"&on_conflict=k&%22order%22=eq.1',
    )
    expect(query.filters.map(({ path, field }) => [path, field.name])).toEqual([
      [['a', 'b'], 'c'],
      [[], 'order'],
    ])
    expect(query.logic[0]).toMatchObject({ path: ['a'], tree: { kind: 'or', negated: true } })
    expect(query.limits).toMatchObject([
      { path: [], kind: 'limit', value: 5 },
      { path: ['a'], kind: 'offset', value: 2 },
    ])
    expect(query.limits[1]?.make?.(['1', '1', '7'])).toBe(7)
    expect([query.columns, query.onConflict]).toEqual([['x', 'y z'], ['k']])
  })

  it('tells arguments of a function from filters on its result', () => {
    const query = parse('a=1&b=eq.2&c=eq.3&a=4', (name) => name === 'a' || name === 'b')
    expect([...query.arguments].map(([name, values]) => [name, values.map(({ text }) => text)])).toEqual([
      ['a', ['1', '4']],
      ['b', ['eq.2']],
    ])
    expect(query.filters.map(({ field }) => field.name)).toEqual(['c'])
  })

  it('decodes names and values, and leaves broken escapes as they are', () => {
    expect(parametersOf('a%20b=eq.x%2By+z&c=eq.%zz', false).map(({ name, value }) => [name, value])).toEqual([
      ['a b', 'eq.x+y z'],
      ['c', 'eq.%zz'],
    ])
  })

  it('takes the first of two selects and orders, and no limit that is no number', () => {
    const query = parse('select=a&select=b&order=x&order=y&limit=undefined&limit=3&offset&a')
    expect(query).toMatchObject({ select: [{ field: { name: 'a' } }], order: [{ terms: [{ field: { name: 'x' } }] }], filters: [] })
    expect(query.limits.map(({ value }) => value)).toEqual([3])
    expect(refusal(() => parse('limit=-1')).code).toBe('PGRST103')
  })

  it('faults a broken path', () => {
    expect(fault(() => parse('a.=eq.1'))).toEqual({
      message: '"failed to parse tree path (a.)" (line 1, column 3)',
      details: 'unexpected end of input expecting field name (* or [a..z0..9_$])',
    })
  })
})
