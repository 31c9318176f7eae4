import { describe, expect, it } from 'vitest'
import { AppError } from '#libs/kernel'
import { arrayLiteral, listValue, parseFilter, parseLogic } from './filters.ts'
import { parseOrder } from './order.ts'
import { appliedPreferences, parseAccept, parsePreferences, parseRange } from './preferences.ts'
import { parseQuery } from './query-string.ts'
import { parseSelect } from './select.ts'
import { parametersOf, shapeOf } from './shape.ts'

function refusal(run: () => unknown): AppError {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('select', () => {
  it('reads aliases, casts, json paths, quoted names and blanks', () => {
    expect(parseSelect('a, b:c::text ,d->e->>0,"x.y"')).toEqual([
      { kind: 'field', field: { name: 'a', path: [] } },
      { kind: 'field', alias: 'b', field: { name: 'c', path: [] }, cast: 'text' },
      {
        kind: 'field',
        field: {
          name: 'd',
          path: [
            { key: 'e', asText: false },
            { key: 0, asText: true },
          ],
        },
      },
      { kind: 'field', field: { name: 'x.y', path: [] } },
    ])
  })

  it('reads embedded resources with alias, hint, join and nesting', () => {
    const [embed] = parseSelect('w:authors!fk!inner(id,...profiles(bio))')
    expect(embed).toMatchObject({
      kind: 'embed',
      name: 'authors',
      alias: 'w',
      hint: 'fk',
      join: 'inner',
      spread: false,
      items: [{}, { kind: 'embed', name: 'profiles', spread: true }],
    })
  })

  it.each(['a,', ',a', 'a(', 'a)', 'a(b', 'a:', 'a::', 'a->', '"a', 'a b(c', '!x', 'a!(b)', 'a->>b->c', '...a'])(
    'refuses %j and says where',
    (text) => {
      expect(refusal(() => parseSelect(text))).toMatchObject({
        code: 'PGRST100',
        status: 400,
        message: expect.stringMatching(/line 1, column \d+/),
      })
    },
  )
})

describe('filters', () => {
  it('read operators, negation, quantifiers and text search configurations', () => {
    expect(parseFilter('not.eq.5')).toMatchObject({ negated: true, operator: 'eq', value: { text: '5' } })
    expect(parseFilter('like(any).{a*,b*}')).toMatchObject({ operator: 'like', quantifier: 'any', value: { text: '{a*,b*}' } })
    expect(parseFilter('fts(english).a.b')).toMatchObject({ operator: 'fts', config: 'english', value: { text: 'a.b' } })
    expect(parseFilter('eq.')).toMatchObject({ operator: 'eq', value: { text: '' } })
  })

  it.each(['eq', '5', 'eqq.5', 'not.5', 'eq(some).5', 'in(any).(1)', 'fts().x', 'constructor.1', 'in.1', 'in.(1', 'in.(1)2'])(
    'refuse %j',
    (text) => {
      expect(refusal(() => parseFilter(text)).code).toBe('PGRST100')
    },
  )

  it('read lists with quotes, commas and blanks as they are', () => {
    expect(listValue('(1,"a,b","c\\"d", e)')).toEqual(['1', 'a,b', 'c"d', ' e'])
    expect(listValue('()')).toEqual([])
    expect(arrayLiteral(['a"b', 'c\\d', 'null', ''])).toBe('{"a\\"b","c\\\\d","null",""}')
  })

  it('read logic trees', () => {
    const tree = parseLogic('or', true, '(a.eq.1,not.and(b.in.(1,")"),c.cs.{x,y}),d->>e.like."a,b)")')
    expect(tree).toMatchObject({ kind: 'or', negated: true })
    const second = {
      kind: 'and',
      negated: true,
      items: [{ expression: { value: { text: '(1,")")' } } }, { expression: { value: { text: '{x,y}' } } }],
    }
    const third = { field: { name: 'd', path: [{ key: 'e', asText: true }] }, expression: { value: { text: 'a,b)' } } }
    expect(tree).toMatchObject({ items: [{ field: { name: 'a' } }, second, third] })
  })

  it.each(['', '(', '()', '(a.eq.1', '(a.eq.1))', '(a)', '(and)', 'a.eq.1'])('refuse the logic tree %j', (text) => {
    expect(refusal(() => parseLogic('and', false, text)).code).toBe('PGRST100')
  })
})

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
})

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
    expect(query.limits).toEqual([
      { path: [], kind: 'limit', value: 5 },
      { path: ['a'], kind: 'offset', value: 2 },
    ])
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
})

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
      ['or=(a.eq.1)', 'or=(a.eq.2)'],
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
})

describe('headers', () => {
  it('preferences: known ones count, the first of two wins, unknown ones are left aside or, strictly, refused', () => {
    expect(parsePreferences('return=minimal, count=exact,return=representation, foo=bar')).toEqual({ return: 'minimal', count: 'exact' })
    expect(refusal(() => parsePreferences('handling=strict, foo=bar, count=all')).extra).toMatchObject({
      details: 'Invalid preferences: foo=bar, count=all',
    })
    expect(appliedPreferences({ count: 'planned', return: 'minimal' }, ['return', 'count'])).toBe('return=minimal, count=exact')
  })

  it('media types: the best that we have, by q', () => {
    expect(parseAccept('text/html;q=0.9, application/vnd.pgrst.object+json;q=0.5, */*;q=0.1')).toBe('object')
    expect(parseAccept('application/json; charset=utf-8')).toBe('array')
    expect(refusal(() => parseAccept('application/json;q=0, text/csv')).status).toBe(406)
  })

  it('ranges: rows only, and refused when malformed', () => {
    expect(parseRange('0-9')).toEqual({ first: 0, last: 9 })
    expect(parseRange('items=5-')).toEqual({ first: 5, last: undefined })
    expect(parseRange('bytes=0-99')).toBeUndefined()
    for (const bad of ['9-0', 'x', '-5', '1-2,4-5', '1.5-2']) expect(refusal(() => parseRange(bad)).status, bad).toBe(416)
  })
})
