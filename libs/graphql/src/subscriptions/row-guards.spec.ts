import { expect, it } from 'vitest'
import type { ColumnFacts, RowChange, TableFacts } from '#libs/changes'
import { filterGuards, mayConcern, policyGuards } from './row-guards.ts'

const sub = '00000000-0000-4000-8000-00000000000A'
const lower = sub.toLowerCase()

function column(name: string, type: string, more: Partial<ColumnFacts> = {}): ColumnFacts {
  return {
    name,
    type,
    baseType: type,
    typeOid: 1,
    typeKind: 'b',
    readable: true,
    key: false,
    exact: true,
    generated: null,
    expression: null,
    ...more,
  }
}

function facts(...expressions: string[]): TableFacts {
  return {
    columns: [
      column('owner', 'uuid'),
      column('Org', 'text'),
      column('team', 'bigint'),
      column('loose', 'text', { exact: false }),
      column('note', 'citext'),
    ],
    rowSecurityApplies: true,
    policies: expressions.map((expression) => ({ permissive: !expression.startsWith('!'), expression: expression.replace('!', '') })),
  } as unknown as TableFacts
}

const claims = { sub, role: 'authenticated', org: 'a', team: '7', n: 7 }

it.each([
  ['(auth.uid() = owner)', [{ column: 'owner', value: lower }]],
  ['(owner = ( SELECT auth.uid() AS uid))', [{ column: 'owner', value: lower }]],
  ['("Org" = (auth.jwt() ->> \'org\'::text))', [{ column: 'Org', value: 'a' }]],
  ['("Org" = ( SELECT (auth.jwt() ->> \'org\'::text)))', [{ column: 'Org', value: 'a' }]],
  ["(team = ((auth.jwt() ->> 'team'::text))::bigint)", [{ column: 'team', value: '7' }]],
  ["((owner)::text = (auth.jwt() ->> 'sub'::text))", [{ column: 'owner', value: sub }]],
  ['((owner = auth.uid()) AND (team > 3))', [{ column: 'owner', value: lower }]],
  [
    '((owner = auth.uid()) OR ("Org" = (auth.jwt() ->> \'org\'::text)))',
    [
      { column: 'owner', value: lower },
      { column: 'Org', value: 'a' },
    ],
  ],
  ['("Org" = (auth.jwt() ->> \'missing\'::text))', []],
  ['false', []],
])('finds what %s demands of a row', (expression, expected) => {
  expect(policyGuards(facts(expression), claims)).toEqual(expected)
})

it.each([
  'true',
  '(NOT (auth.uid() = owner))',
  '((auth.uid() = owner) IS NOT TRUE)',
  '(auth.uid() <> owner)',
  '(owner OPERATOR(public.=) auth.uid())',
  '((auth.uid() = owner) OR (team = 3))',
  "(loose = (auth.jwt() ->> 'org'::text))",
  "(note = (auth.jwt() ->> 'org'::text))",
  "(team = ((auth.jwt() ->> 'n'::text))::bigint)",
  '("Org" = \'x OR (auth.uid() = owner)\'::text)',
  '(owner = other.uid())',
  '(("Org" = \'a\'::text) = (auth.uid() = owner))',
  '(owner IN ( SELECT m.owner FROM public.members m WHERE (m.user_id = auth.uid())))',
  '(lower("Org") = (auth.jwt() ->> \'org\'::text))',
])('demands nothing provable: %s', (expression) => {
  expect(policyGuards(facts(expression), claims)).toBeUndefined()
})

it('joins permissive policies, passes over restrictive ones, and gives up with one that is not provable', () => {
  expect(policyGuards(facts('(auth.uid() = owner)', '!(team = 3)'), claims)).toEqual([{ column: 'owner', value: lower }])
  expect(policyGuards(facts('(auth.uid() = owner)', '(team = 3)'), claims)).toBeUndefined()
  expect(policyGuards({ ...facts('(auth.uid() = owner)'), rowSecurityApplies: false }, claims)).toBeUndefined()
})

it('knows the text of a filter value only for types whose equality is equality of texts', () => {
  expect(filterGuards(facts(), 'team', '+007')).toEqual([{ column: 'team', value: '7' }])
  expect(filterGuards(facts(), 'owner', sub)).toEqual([{ column: 'owner', value: lower }])
  for (const [name, value] of [
    ['team', '1e3'],
    ['note', 'x'],
    ['loose', 'x'],
    ['gone', 'x'],
    ['owner', `{${sub}}`],
  ] as const)
    expect(filterGuards(facts(), name, value)).toBeUndefined()
})

it('a change concerns whom its old or its new row concerns, and everybody when a row is not known', () => {
  const guards = [{ column: 'owner', value: 'a' }]
  const change = (type: RowChange['type'], old: object | null, now: object | null, key: object | null = null) =>
    mayConcern(guards, { type, old, new: now, key } as unknown as RowChange)
  expect(change('insert', null, { owner: 'a' })).toBe(true)
  expect(change('insert', null, { owner: 'b' })).toBe(false)
  expect(change('insert', null, { owner: null })).toBe(false)
  expect(change('update', { owner: 'a' }, { owner: 'b' })).toBe(true)
  expect(change('update', { owner: 'b' }, { owner: 'b' })).toBe(false)
  expect(change('update', null, { owner: 'b' })).toBe(true)
  expect(change('update', { owner: 'b' }, {})).toBe(true)
  expect(change('delete', null, null, { id: '1' })).toBe(true)
  expect(change('delete', { owner: 'b' }, null)).toBe(false)
  expect(change('truncate', null, null)).toBe(true)
})
