// select, insert, upsert, update and delete of the builder with each of their options.
import { beforeEach, describe, expect, it } from 'vitest'
import { anonymous, send } from '../fixture.ts'

const client = anonymous()

function describeSelect(): void {
  describe('select', () => {
    it('without columns gives all of them, in the shapes of their types', async () => {
      const { data, error, status, statusText, count } = await client.from('users').select().order('username').limit(1)
      expect({ error, status, statusText, count }).toEqual({ error: null, status: 200, statusText: 'OK', count: null })
      expect(data).toEqual([
        {
          username: 'ann',
          status: 'ONLINE',
          age_range: '[25,35)',
          catchphrase: "'cat':2 'fat':1",
          motto: 'Fat cats rule',
          data: { level: 3, langs: ['en', 'fr'], home: { city: 'Oslo' } },
          tags: ['admin', 'writer'],
          address: { street: 'Main St 1', town: 'Oslo' },
          score: 10.5,
        },
      ])
    })

    it('columns, aliases and casts', async () => {
      const { data } = await client.from('users').select('name:username, status::text, points:score::text').eq('username', 'ann')
      expect(data).toEqual([{ name: 'ann', status: 'ONLINE', points: '10.50' }])
    })

    it('json paths: the last step is the key, indexes count from either end', async () => {
      const { data } = await client
        .from('users')
        .select('data->level, data->home->>city, first:data->langs->0, last:data->langs->>-1, none:data->x->y')
        .eq('username', 'ann')
      expect(data).toEqual([{ level: 3, city: 'Oslo', first: 'en', last: 'fr', none: null }])
    })

    it('fields of composite columns', async () => {
      const { data } = await client.from('users').select('address->>town, address->street').eq('username', 'dan')
      expect(data).toEqual([{ town: 'Tromsø', street: 'Hill 3' }])
    })

    it('computed columns', async () => {
      const { data } = await client.from('users').select('username, shout').eq('shout', 'BOB')
      expect(data).toEqual([{ username: 'bob', shout: 'BOB' }])
    })

    it('quoted names of tables and columns', async () => {
      const { data, error } = await client.from('odd, names').select('"the key", x:"a.b", "c(d)"').order('"the key"')
      expect(error).toBeNull()
      expect(data).toEqual([
        { 'the key': 1, x: 'dotted', 'c(d)': 'round' },
        { 'the key': 2, x: null, 'c(d)': 'x,y' },
      ])
    })

    it.each(['exact', 'planned', 'estimated'] as const)('count %s', async (count) => {
      const answer = await client.from('users').select('username', { count })
      expect(answer.error).toBeNull()
      expect(answer.data).toHaveLength(4)
      expect(answer.count).toBe(4)
    })

    it('count exact with a page is 206', async () => {
      const { count, status, data } = await client.from('numbers').select('n', { count: 'exact' }).range(0, 1).order('n')
      expect({ count, status, data }).toEqual({ count: 200, status: 206, data: [{ n: 1 }, { n: 2 }] })
    })

    it('head answers with the count and no body', async () => {
      const { data, count, status, error } = await client.from('users').select('*', { count: 'exact', head: true }).eq('status', 'ONLINE')
      expect({ data, count, status, error }).toEqual({ data: null, count: 2, status: 200, error: null })
    })

    it('a builder is not changed by the queries it starts', async () => {
      const from = client.from('users')
      expect((await from.select('username').eq('username', 'ann')).data).toEqual([{ username: 'ann' }])
      expect((await from.select('username')).data).toHaveLength(4)
    })
  })
}

const stockRows = async () => (await client.from('stock').select().order('sku')).data
const resetStock = async () => {
  await client.from('stock').delete().neq('sku', '')
  await client.from('stock').insert([
    { sku: 'a', shelf: 'A1', amount: 5 },
    { sku: 'b', shelf: 'B1', amount: 7 },
  ])
}

function describeInsert(): void {
  describe('insert', () => {
    beforeEach(resetStock)

    it('one row answers 201 and nothing', async () => {
      const { data, error, status, statusText } = await client.from('stock').insert({ sku: 'c' })
      expect({ data, error, status, statusText }).toEqual({ data: null, error: null, status: 201, statusText: 'Created' })
      expect(await stockRows()).toContainEqual({ sku: 'c', shelf: null, amount: 1 })
    })

    it('several rows with select gives them back', async () => {
      const { data, status } = await client
        .from('stock')
        .insert([
          { sku: 'c', amount: 2 },
          { sku: 'd', amount: 3 },
        ])
        .select('sku, amount')
      expect(status).toBe(201)
      expect(data).toEqual([
        { sku: 'c', amount: 2 },
        { sku: 'd', amount: 3 },
      ])
    })

    it('rows with different keys: what is absent is null', async () => {
      const { data } = await client
        .from('stock')
        .insert([
          { sku: 'c', shelf: 'C1', amount: 1 },
          { sku: 'd', amount: 2 },
        ])
        .select('sku, shelf')
      expect(data).toEqual([
        { sku: 'c', shelf: 'C1' },
        { sku: 'd', shelf: null },
      ])
    })

    it('defaultToNull: false takes the default of the column', async () => {
      const nulled = await client.from('stock').insert([{ sku: 'c', amount: 2 }, { sku: 'd' }])
      expect(nulled.error?.code).toBe('23502')
      const { data, error } = await client
        .from('stock')
        .insert([{ sku: 'c', amount: 2 }, { sku: 'd' }], { defaultToNull: false })
        .select('sku, amount')
      expect(error).toBeNull()
      expect(data).toEqual([
        { sku: 'c', amount: 2 },
        { sku: 'd', amount: 1 },
      ])
    })

    it('count exact', async () => {
      const { count, data } = await client.from('stock').insert([{ sku: 'c' }, { sku: 'd' }], { count: 'exact', defaultToNull: false })
      expect({ count, data }).toEqual({ count: 2, data: null })
    })

    it('an empty list changes nothing', async () => {
      const { data, error, status } = await client.from('stock').insert([]).select()
      expect({ data, error, status }).toEqual({ data: [], error: null, status: 201 })
    })

    it('json, arrays and composites come back as they went in', async () => {
      const user = { username: 'tmp', tags: ['x', 'y,z'], data: { a: [1, null] }, address: { street: 'S', town: null }, age_range: '[1,3)' }
      const { data, error } = await client.from('users').insert(user).select('username,tags,data,address,age_range').rollback()
      expect(error).toBeNull()
      expect(data).toEqual([user])
    })

    it('with embedded rows in the answer', async () => {
      const { data, error } = await client
        .from('messages')
        .insert({ id: 100, username: 'bob', channel_id: 2, message: 'new' })
        .select('id, users(username, status), channel:channels(slug)')
        .rollback()
      expect(error).toBeNull()
      expect(data).toEqual([{ id: 100, users: { username: 'bob', status: 'ONLINE' }, channel: { slug: 'random' } }])
    })
  })
}

function describeUpsert(): void {
  describe('upsert', () => {
    beforeEach(resetStock)

    it('merges by the primary key and says 200 when nothing was new', async () => {
      const { data, status } = await client.from('stock').upsert({ sku: 'a', amount: 50 }).select()
      expect(status).toBe(200)
      expect(data).toEqual([{ sku: 'a', shelf: 'A1', amount: 50 }])
    })

    it('says 201 when at least one row was new', async () => {
      const { data, status } = await client
        .from('stock')
        .upsert([
          { sku: 'a', amount: 6 },
          { sku: 'n', amount: 1 },
        ])
        .select('sku, amount')
      expect(status).toBe(201)
      expect(data).toEqual([
        { sku: 'a', amount: 6 },
        { sku: 'n', amount: 1 },
      ])
    })

    it('onConflict merges by another unique column', async () => {
      const { data, error } = await client.from('stock').upsert({ sku: 'z', shelf: 'A1', amount: 9 }, { onConflict: 'shelf' }).select()
      expect(error).toBeNull()
      expect(data).toEqual([{ sku: 'z', shelf: 'A1', amount: 9 }])
    })

    it('ignoreDuplicates leaves rows that are there alone and answers with the new ones', async () => {
      const { data, status, count } = await client
        .from('stock')
        .upsert(
          [
            { sku: 'a', amount: 99 },
            { sku: 'n', amount: 1 },
          ],
          { ignoreDuplicates: true, count: 'exact' },
        )
        .select('sku, amount')
      expect({ data, status, count }).toEqual({ data: [{ sku: 'n', amount: 1 }], status: 201, count: 1 })
      expect(await stockRows()).toContainEqual({ sku: 'a', shelf: 'A1', amount: 5 })
    })

    it('count and defaultToNull: false', async () => {
      const { count, error } = await client
        .from('stock')
        .upsert([{ sku: 'a', amount: 6 }, { sku: 'n' }], { count: 'exact', defaultToNull: false })
      expect({ count, error }).toEqual({ count: 2, error: null })
      expect(await stockRows()).toContainEqual({ sku: 'n', shelf: null, amount: 1 })
    })

    it('on a key of two columns', async () => {
      await client.from('seats').delete().neq('row', '')
      await client.from('seats').insert({ row: 'A', number: 1, guest: 'ann' })
      const { data, error } = await client
        .from('seats')
        .upsert(
          [
            { row: 'A', number: 1, guest: 'bob' },
            { row: 'A', number: 2, guest: 'cat' },
          ],
          { onConflict: 'row,number' },
        )
        .select('guest')
      expect(error).toBeNull()
      expect(data).toEqual([{ guest: 'bob' }, { guest: 'cat' }])
    })
  })
}

function describeUpdateAndDelete(): void {
  describe('update', () => {
    beforeEach(resetStock)

    it('answers 204 and nothing', async () => {
      const { data, error, status, statusText } = await client.from('stock').update({ amount: 8 }).eq('sku', 'a')
      expect({ data, error, status, statusText }).toEqual({ data: null, error: null, status: 204, statusText: 'No Content' })
      expect(await stockRows()).toContainEqual({ sku: 'a', shelf: 'A1', amount: 8 })
    })

    it('with select gives the changed rows, with count their number', async () => {
      const { data, count, status } = await client
        .from('stock')
        .update({ amount: 0 }, { count: 'exact' })
        .gt('amount', 4)
        .select('sku,amount')
        .order('sku')
      expect({ data, count, status }).toEqual({
        data: [
          { sku: 'a', amount: 0 },
          { sku: 'b', amount: 0 },
        ],
        count: 2,
        status: 200,
      })
    })

    it('of no row is no error', async () => {
      const { data, error, status } = await client.from('stock').update({ amount: 0 }).eq('sku', 'none').select()
      expect({ data, error, status }).toEqual({ data: [], error: null, status: 200 })
    })

    it('through a view', async () => {
      const { data, error } = await client
        .from('online_users')
        .update({ tags: ['seen'] })
        .eq('username', 'bob')
        .select()
        .rollback()
      expect(error).toBeNull()
      expect(data).toEqual([{ username: 'bob', status: 'ONLINE', tags: ['seen'] }])
    })
  })

  describe('delete', () => {
    beforeEach(resetStock)

    it('answers 204 and nothing', async () => {
      const { data, error, status } = await client.from('stock').delete().eq('sku', 'a')
      expect({ data, error, status }).toEqual({ data: null, error: null, status: 204 })
      expect(await stockRows()).toEqual([{ sku: 'b', shelf: 'B1', amount: 7 }])
    })

    it('with select gives the rows that are gone, with count their number', async () => {
      const { data, count, status } = await client.from('stock').delete({ count: 'exact' }).eq('sku', 'b').select()
      expect({ data, count, status }).toEqual({ data: [{ sku: 'b', shelf: 'B1', amount: 7 }], count: 1, status: 200 })
    })

    it('with embedded rows in the answer', async () => {
      const { data, error } = await client.from('messages').delete().eq('id', 1).select('id, users(username)').rollback()
      expect(error).toBeNull()
      expect(data).toEqual([{ id: 1, users: { username: 'ann' } }])
      expect((await send('GET /messages?id=eq.1&select=id')).json).toEqual([{ id: 1 }])
    })
  })
}

/** The suite of the five verbs. */
export function describeQueries(): void {
  describeSelect()
  describeInsert()
  describeUpsert()
  describeUpdateAndDelete()
}
