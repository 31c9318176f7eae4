import { describe, expect, it } from 'vitest'
import { fault, refusal } from '../../test/refusal.ts'
import { listValue, logicShape, parseFilter, parseLogic } from './filters.ts'

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

  it.each(['', '(', '()', '(a.eq.1', '(a.eq.1),b.eq.2', '(a)', '(and)', 'a.eq.1'])('refuse the logic tree %j', (text) => {
    expect(refusal(() => parseLogic('and', false, text)).code).toBe('PGRST100')
  })

  it('read is with its words in any case, and lists with blanks around', () => {
    expect(parseFilter('is.NOT_Null')).toMatchObject({ operator: 'is', value: { text: 'not_null' } })
    expect(listValue(' ( 1,2) ')).toEqual(['1', '2'])
    expect(listValue('("a"b,"c)')).toEqual(['"a"b', '"c'])
  })

  it('read any words up to the next comma as a value, and braces whole', () => {
    expect(parseLogic('and', false, '( a.eq.[x,b.cs.{1,2} , c.eq."q"r, not.eq.1)')).toMatchObject({
      items: [
        { field: { name: 'a' }, expression: { value: { text: '[x' } } },
        { field: { name: 'b' }, expression: { value: { text: '{1,2}' } } },
        { field: { name: 'c' }, expression: { value: { text: '"q"r' } } },
        { field: { name: 'not' }, expression: { negated: false, value: { text: '1' } } },
      ],
    })
  })

  it('allow closing parentheses too many', () => {
    expect(parseLogic('and', false, '(a.eq.1))')).toEqual(parseLogic('and', false, '(a.eq.1)'))
  })

  it("give a logic tree's values in the order of its slots", () => {
    const text = '(a.eq.1,not.and(b.in.(1,")"),c.is.null),d->>e.like."a,b)")'
    const shape = logicShape(text)
    expect(shape).toEqual({ shape: '(a.eq.\0,not.and(b.in.\0,c.is.null),d->>e.like.\0)', values: ['1', '(1,")")', 'a,b)'] })
    const slots: unknown[] = []
    const collect = (tree: ReturnType<typeof parseLogic>): void => {
      if (tree.kind !== 'filter') for (const item of tree.items) collect(item)
      else if (tree.expression.value.slot !== undefined) slots.push([tree.expression.value.slot, tree.expression.value.text])
    }
    collect(parseLogic('or', true, text, 7))
    expect(slots).toEqual(shape?.values.map((value, i) => [7 + i, value]))
    expect(logicShape('(a.eq.1')).toBeUndefined()
  })

  // Places and words as the reference's own documentation of its parser shows them.
  it.each([
    ['noop.0', 1, 'unexpected "o" expecting "not" or operator (eq, gt, ...)'],
    ['val', 1, 'unexpected "v" expecting "not" or operator (eq, gt, ...)'],
    ['', 1, 'unexpected end of input expecting "not" or operator (eq, gt, ...)'],
    ['fts().value', 5, 'unexpected ")" expecting operator (eq, gt, ...)'],
    ['eq().value', 4, 'unexpected ")" expecting operator (eq, gt, ...)'],
    ['is().value', 3, 'unexpected "(" expecting operator (eq, gt, ...)'],
    ['in().value', 3, 'unexpected "(" expecting operator (eq, gt, ...)'],
    ['not.5', 5, 'unexpected "5" expecting operator (eq, gt, ...)'],
    ['noteq.5', 4, 'unexpected "e" expecting delimiter (.)'],
    ['is.nope', 6, 'unexpected "p" expecting isVal: (null, not_null, true, false, unknown)'],
    ['in.5', 4, 'unexpected "5" expecting "("'],
    ['in.(1,2', 8, 'unexpected end of input expecting "," or ")"'],
  ])('%j is faulted at column %i', (text, column, details) => {
    expect(fault(() => parseFilter(text))).toEqual({ message: `"failed to parse filter (${text})" (line 1, column ${column})`, details })
  })

  it.each([
    ['or', '()', 4, 'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)'],
    ['or', '(id.in.1,2,id.eq.3)', 10, 'unexpected "1" expecting "("'],
    ['or', ')(', 3, 'unexpected ")" expecting "("'],
    ['and', '(ord(id.eq.1,id.eq.1),id.eq.2)', 7, 'unexpected "d" expecting "("'],
    ['or', '(id.eq.1,not.xor(id.eq.2,id.eq.3))', 16, 'unexpected "x" expecting logic operator (and, or)'],
    ['and', '(id)', 7, 'unexpected ")" expecting letter, digit, "-", "->>", "->" or delimiter (.)'],
  ] as const)('%s=%s is faulted at column %i', (kind, text, column, details) => {
    const message = `"failed to parse logic tree (${text})" (line 1, column ${column})`
    expect(fault(() => parseLogic(kind, false, text))).toEqual({ message, details })
  })
})
