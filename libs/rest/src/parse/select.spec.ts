import { describe, expect, it } from 'vitest'
import { fault, refusal } from '../../test/refusal.ts'
import { parseSelect } from './select.ts'

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

  it.each(['a,', ',a', 'a(', 'a)', 'a(b', 'a:', 'a::', 'a->', '"a', 'a b(c', '!x', 'a!(b)', '...a'])(
    'refuses %j and says where',
    (text) => {
      expect(refusal(() => parseSelect(text))).toMatchObject({
        code: 'PGRST100',
        status: 400,
        message: expect.stringMatching(/line 1, column \d+/),
      })
    },
  )

  it('reads aggregates with casts before and after, and counts', () => {
    expect(parseSelect('total:amount.sum()::int,data->x::numeric.avg(),count(),n:count()::text,id.count()')).toEqual([
      { kind: 'aggregate', function: 'sum', alias: 'total', field: { name: 'amount', path: [] }, resultCast: 'int' },
      { kind: 'aggregate', function: 'avg', field: { name: 'data', path: [{ key: 'x', asText: false }] }, cast: 'numeric' },
      { kind: 'aggregate', function: 'count' },
      { kind: 'aggregate', function: 'count', alias: 'n', resultCast: 'text' },
      { kind: 'aggregate', function: 'count', field: { name: 'id', path: [] } },
    ])
  })

  it('takes only whole numbers for array indexes', () => {
    const [field] = parseSelect('data->0->0xy1->-1->23-xy-45->>xy-6')
    expect(field).toMatchObject({ field: { path: [0, '0xy1', -1, '23-xy-45', 'xy-6'].map((key) => ({ key })) } })
  })

  it('reads dashes in names, and json keys of nearly all characters', () => {
    expect(parseSelect('a-b->c-d->!@#$%^&*_a')).toEqual([
      {
        kind: 'field',
        field: {
          name: 'a-b',
          path: [
            { key: 'c-d', asText: false },
            { key: '!@#$%^&*_a', asText: false },
          ],
        },
      },
    ])
  })

  // Places and words as the reference's own documentation of its parser shows them.
  it.each([
    ['id,clients(name[])', 16, `unexpected '[' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input`],
    ['data->>-78xy', 11, `unexpected 'x' expecting digit, "->", "::", ".", "," or end of input`],
    ['data->>--34', 9, 'unexpected "-" expecting digit'],
    ['name!hint', 5, `unexpected '!' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input`],
    ['*!hint', 2, `unexpected '!' expecting ")", "," or end of input`],
    [
      'data->(!@#$%^&*_d->>!@#$%^&*_e::integer',
      7,
      'unexpected "(" expecting "-", digit or any non reserved character different from: .,>()',
    ],
    ['name::', 7, 'unexpected end of input expecting letter or digit'],
    ['id,title,featured,', 19, 'unexpected end of input expecting "...", field name (* or [a..z0..9_$]), "*" or "count()"'],
    ['prt.*,u.email', 5, 'unexpected "*" expecting "sum", "avg", "count", "max" or "min"'],
    ['*,created_by:auth.users!fk(id,email)', 19, 'unexpected "u" expecting "sum", "avg", "count", "max" or "min"'],
    ['a:*', 3, 'unexpected "*" expecting field name (* or [a..z0..9_$])'],
  ])('%s is faulted at column %i', (text, column, details) => {
    expect(fault(() => parseSelect(text))).toEqual({
      message: `"failed to parse select parameter (${text})" (line 1, column ${column})`,
      details,
    })
  })
})
