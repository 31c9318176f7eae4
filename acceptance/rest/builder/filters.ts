// Every filter of the builder on the chat of fixture.sql.
import { describe, expect, it } from 'vitest'
import { anonymous } from '../fixture.ts'

const client = anonymous()
const users = () => client.from('users').select('username')
const messages = () => client.from('messages').select('id')
const bookings = () => client.from('bookings').select('id')

type Filter = PromiseLike<{ readonly data: unknown; readonly error: unknown; readonly status: number }>

/** The names or ids that a filter leaves, in order. */
async function left(filtered: Filter): Promise<unknown[]> {
  const { data, error, status } = await filtered
  expect(error).toBeNull()
  expect(status).toBe(200)
  return (data as Record<string, unknown>[]).map((row) => Object.values(row)[0]).sort()
}

const everybody = ['ann', 'bob', 'cat', 'dan']

type Case = readonly [name: string, filtered: () => Filter, expected: readonly unknown[]]

const comparisons: readonly Case[] = [
  ['eq', () => users().eq('username', 'ann'), ['ann']],
  ['eq on a json path', () => users().eq('data->home->>city', 'Oslo'), ['ann']],
  ['eq on a json number', () => users().eq('data->level', 3), ['ann']],
  ['eq on an enum', () => users().eq('status', 'OFFLINE'), ['cat', 'dan']],
  ['neq', () => users().neq('username', 'ann'), ['bob', 'cat', 'dan']],
  ['neq leaves out nulls, as SQL does', () => users().neq('score', 7.25), ['ann', 'dan']],
  ['gt', () => messages().gt('id', 2), [3, 4]],
  ['gte', () => messages().gte('id', 2), [2, 3, 4]],
  ['lt', () => messages().lt('id', 2), [1]],
  ['lte', () => messages().lte('id', 2), [1, 2]],
  ['gte on a time', () => messages().gte('sent', '2026-01-03T10:00:00Z'), [3, 4]],
  ['like', () => users().like('username', '%a%'), ['ann', 'cat', 'dan']],
  ['like with stars', () => users().like('username', 'a*'), ['ann']],
  ['like tells upper from lower case', () => users().like('motto', 'fat%'), []],
  ['likeAllOf', () => users().likeAllOf('username', ['%a%', '%n']), ['ann', 'dan']],
  ['likeAnyOf', () => users().likeAnyOf('username', ['a%', 'b%']), ['ann', 'bob']],
  ['ilike', () => users().ilike('username', '%A%'), ['ann', 'cat', 'dan']],
  ['ilikeAllOf', () => users().ilikeAllOf('username', ['%A%', '%N']), ['ann', 'dan']],
  ['ilikeAnyOf', () => users().ilikeAnyOf('username', ['A%', 'B%']), ['ann', 'bob']],
  ['regexMatch', () => users().regexMatch('username', '^[ab]'), ['ann', 'bob']],
  ['regexIMatch', () => users().regexIMatch('username', '^A'), ['ann']],
  ['regexMatch tells upper from lower case', () => users().regexMatch('username', '^A'), []],
]

const membership: readonly Case[] = [
  ['is null', () => users().is('data', null), ['cat']],
  ['is true', () => client.from('channel_members').select('username').is('is_owner', true), ['ann', 'cat']],
  ['is false', () => client.from('channel_members').select('username').is('is_owner', false), ['bob']],
  ['is unknown', () => client.from('channel_members').select('username').filter('is_owner', 'is', 'unknown'), ['ann']],
  ['isDistinct counts nulls as different', () => users().isDistinct('score', 7.25), ['ann', 'cat', 'dan']],
  ['in', () => users().in('status', ['ONLINE', 'OFFLINE']), everybody],
  ['in with reserved characters', () => messages().in('message', ['Perfection', 'a,b', '(c)']), [2]],
  ['in with nothing', () => users().in('username', []), []],
  ['notIn', () => users().notIn('username', ['ann', 'bob']), ['cat', 'dan']],
  ['match', () => users().match({ username: 'ann', status: 'ONLINE' }), ['ann']],
  ['match with what is not there', () => users().match({ username: 'ann', status: 'OFFLINE' }), []],
  ['not', () => users().not('status', 'eq', 'OFFLINE'), ['ann', 'bob']],
  ['not in', () => users().not('username', 'in', '(ann,cat)'), ['bob', 'dan']],
  ['not is null', () => users().not('data', 'is', null), ['ann', 'bob', 'dan']],
  ['filter', () => users().filter('username', 'eq', 'bob'), ['bob']],
  ['filter with any', () => users().filter('username', 'eq(any)', '{ann,dan}'), ['ann', 'dan']],
  ['two filters on one column', () => messages().gt('id', 1).lt('id', 4), [2, 3]],
]

const containers: readonly Case[] = [
  ['contains an array', () => users().contains('tags', ['writer']), ['ann', 'bob']],
  ['contains a range given as text', () => users().contains('age_range', '[26,28)'), ['ann', 'bob', 'cat']],
  ['contains json', () => users().contains('data', { home: { city: 'Bergen' } }), ['bob']],
  ['containedBy an array', () => users().containedBy('tags', ['writer', 'reader']), ['bob', 'cat']],
  ['containedBy a range', () => users().containedBy('age_range', '[1,35)'), ['ann', 'bob', 'cat']],
  ['containedBy json', () => messages().containedBy('data', { urgent: true, more: 1 }), [1]],
  ['rangeLt', () => users().rangeLt('age_range', '[40,50)'), ['ann', 'bob', 'cat']],
  ['rangeGt', () => users().rangeGt('age_range', '[20,30)'), ['dan']],
  ['rangeGte', () => users().rangeGte('age_range', '[25,30)'), ['ann', 'cat', 'dan']],
  ['rangeLte', () => users().rangeLte('age_range', '[20,30)'), ['bob']],
  ['rangeAdjacent', () => users().rangeAdjacent('age_range', '[35,40)'), ['ann', 'cat', 'dan']],
  ['overlaps an array', () => users().overlaps('tags', ['admin', 'nobody']), ['ann', 'dan']],
  ['overlaps a range', () => bookings().overlaps('during', '[2026-01-01 12:00,2026-01-01 13:00)'), [1]],
]

const textSearches: readonly Case[] = [
  ['textSearch', () => users().textSearch('catchphrase', 'fat & cat', { config: 'simple' }), ['ann']],
  ['textSearch without configuration', () => users().textSearch('catchphrase', "'fat' & 'cat'"), ['ann']],
  ['textSearch plain', () => users().textSearch('catchphrase', 'cat fat', { type: 'plain', config: 'simple' }), ['ann']],
  ['textSearch phrase', () => users().textSearch('catchphrase', 'cat nap', { type: 'phrase', config: 'simple' }), ['cat']],
  ['textSearch phrase in the wrong order', () => users().textSearch('catchphrase', 'nap cat', { type: 'phrase', config: 'simple' }), []],
  ['textSearch websearch', () => users().textSearch('catchphrase', 'fat -rat', { type: 'websearch', config: 'simple' }), ['ann']],
  ['textSearch on plain text', () => users().textSearch('motto', 'sleep', { type: 'plain', config: 'english' }), ['cat']],
  ['not textSearch', () => users().not('catchphrase', 'fts(simple)', 'fat'), ['cat', 'dan']],
]

const logic: readonly Case[] = [
  ['or', () => users().or('status.eq.OFFLINE,username.eq.ann'), ['ann', 'cat', 'dan']],
  ['or with and inside', () => users().or('username.eq.bob,and(status.eq.OFFLINE,data.is.null)'), ['bob', 'cat']],
  ['or with not', () => users().or('username.not.in.(ann,bob,cat),not.and(status.eq.OFFLINE)'), ['ann', 'bob', 'dan']],
  ['or with json paths, lists and quotes', () => messages().or('message.eq."Some, (odd) \\"x\\"",data->>urgent.eq.true'), [1, 3]],
  ['or with arrays and any', () => users().or('tags.cs.{admin,writer},username.like(any).{d*,x*}'), ['ann', 'dan']],
  ['two or are joined by and', () => users().or('username.eq.ann,username.eq.dan').or('status.eq.OFFLINE'), ['dan']],
]

function register(cases: readonly Case[]): void {
  it.each(cases)('%s', async (_name, filtered, expected) => {
    expect(await left(filtered())).toEqual(expected)
  })
}

/** The suite of the filters. */
export function describeFilters(): void {
  describe('filters that compare', () => register(comparisons))
  describe('filters that know a set', () => register(membership))
  describe('filters on arrays, ranges and json', () => register(containers))
  describe('filters that search text', () => register(textSearches))
  describe('filters that join others', () => {
    register(logic)
    it('or on a referenced table filters its rows only', async () => {
      const { data, error } = await client
        .from('users')
        .select('username, messages(id)')
        .or('id.eq.1,stars.lt.1', { referencedTable: 'messages' })
        .order('username')
      expect(error).toBeNull()
      expect(data).toEqual([
        { username: 'ann', messages: [{ id: 1 }] },
        { username: 'bob', messages: [] },
        { username: 'cat', messages: [{ id: 4 }] },
        { username: 'dan', messages: [] },
      ])
    })
    it('or on a foreign table, in its old spelling', async () => {
      const { data } = await client
        .from('channels')
        .select('id, messages(id)')
        .or('id.eq.2,id.eq.3', { foreignTable: 'messages' })
        .order('id')
      expect(data).toEqual([
        { id: 1, messages: [{ id: 2 }] },
        { id: 2, messages: [{ id: 3 }] },
        { id: 3, messages: [] },
      ])
    })
    it('a filter on an embedded column', async () => {
      const { data } = await client.from('channels').select('id, messages!inner(id)').eq('messages.username', 'bob')
      expect(data).toEqual([{ id: 1, messages: [{ id: 2 }] }])
    })
  })
}
