// The unmodified @supabase/supabase-js, its fetch led into the dialect.
import { readFileSync } from 'node:fs'
import { createClient } from '@supabase/supabase-js'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keys, startRest, tokenOf, users, type RestServer } from './rest-server.ts'

const schema = readFileSync(new URL('../../query/test/golden/schema.sql', import.meta.url), 'utf8')

let server: RestServer

/** A client with the anon key, or with a user's token. */
function clientOf(userId?: string) {
  const fetchInside = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input)
    const headers = Object.fromEntries(new Headers(init.headers).entries())
    const answer = await server.app.inject({
      method: (init.method ?? 'GET') as 'GET',
      url: url.pathname + url.search,
      headers,
      payload: init.body as string | undefined,
    })
    const hasBody = answer.statusCode !== 204 && answer.payload !== ''
    return new Response(hasBody ? answer.payload : null, { status: answer.statusCode, headers: answer.headers as Record<string, string> })
  }
  return createClient('http://127.0.0.1:1', keys.anonKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport: WebSocket as never },
    global: { fetch: fetchInside, headers: userId === undefined ? {} : { authorization: `Bearer ${tokenOf(userId)}` } },
  })
}

beforeAll(async () => {
  server = await startRest(schema)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

describe('supabase-js reads', () => {
  it('rows, embeds, counts, single rows', async () => {
    const client = clientOf()
    const rows = await client
      .from('posts')
      .select('id, title, author:authors!author_id(name), comments(body)', { count: 'exact' })
      .order('id')
      .limit(2)
    expect([rows.error, rows.count, rows.status]).toEqual([null, 3, 206])
    expect(rows.data?.[0]).toEqual({ id: 1, title: 'First', author: { name: 'Ann' }, comments: [{ body: 'nice' }, { body: 'so so' }] })
    expect((await client.from('posts').select('*', { count: 'exact', head: true })).count).toBe(3)
    expect((await client.from('posts').select('title').eq('id', 1).single()).data).toEqual({ title: 'First' })
    expect((await client.from('posts').select('title').eq('id', 99).maybeSingle()).data).toBeNull()
    expect((await client.from('posts').select('title').single()).error).toMatchObject({
      code: 'PGRST116',
      details: 'The result contains 3 rows',
    })
    expect((await client.from('posts').select('id').order('id').range(1, 2)).data).toEqual([{ id: 2 }, { id: 3 }])
  })

  it('through every filter of its builder', async () => {
    const client = clientOf()
    const ids = async (query: PromiseLike<{ data: { id: number }[] | null; error: unknown }>) => {
      const { data, error } = await query
      expect(error).toBeNull()
      return data!.map(({ id }) => id)
    }
    const posts = () => client.from('posts').select('id').order('id')
    expect(await ids(posts().eq('id', 1))).toEqual([1])
    expect(await ids(posts().neq('id', 1))).toEqual([2, 3])
    expect(await ids(posts().gt('id', 1).lte('id', 2))).toEqual([2])
    expect(await ids(posts().gte('id', 2).lt('id', 3))).toEqual([2])
    expect(await ids(posts().like('title', '%ir%'))).toEqual([1, 3])
    expect(await ids(posts().ilike('title', 'FIRST'))).toEqual([1])
    expect(await ids(posts().likeAnyOf('title', ['F%', 'S%']))).toEqual([1, 2])
    expect(await ids(posts().is('feeling', null))).toEqual([3])
    expect(await ids(posts().in('title', ['First', 'Second', 'a,b']))).toEqual([1, 2])
    expect(await ids(posts().contains('tags', ['a']))).toEqual([1])
    expect(await ids(posts().containedBy('tags', ['b']))).toEqual([2, 3])
    expect(await ids(posts().overlaps('tags', ['a', 'z']))).toEqual([1])
    expect(await ids(posts().contains('data', { k: { n: 1 } }))).toEqual([1])
    expect(await ids(posts().rangeLt('span', '[5,9)'))).toEqual([1])
    expect(await ids(posts().rangeAdjacent('span', '[5,9)'))).toEqual([1])
    expect(await ids(posts().textSearch('words', 'cat', { config: 'english' }))).toEqual([1, 2])
    expect(await ids(posts().textSearch('words', 'the cat', { type: 'plain' }))).toEqual([1, 2])
    expect(await ids(posts().match({ category: 1, score: 20 }))).toEqual([2])
    expect(await ids(posts().not('id', 'in', '(1,2)'))).toEqual([3])
    expect(await ids(posts().or('id.eq.1,and(score.gt.20,id.lt.9)'))).toEqual([1, 3])
    expect(await ids(posts().filter('data->k->>t', 'eq', 'two'))).toEqual([2])
    expect(await ids(client.from('posts').select('id, labels!inner(name)').eq('labels.name', 'red'))).toEqual([1])
    expect(await ids(client.from('posts').select('id').order('feeling', { ascending: false, nullsFirst: false }))).toEqual([2, 1, 3])
    const foreign = await client
      .from('authors')
      .select('posts!author_id(id)')
      .eq('id', 1)
      .order('id', { referencedTable: 'posts', ascending: false })
      .limit(1, { referencedTable: 'posts' })
    expect(foreign.data).toEqual([{ posts: [{ id: 2 }] }])
  })
})

describe('supabase-js writes', () => {
  beforeEach(async () => {
    await server.db.superuserSql(`delete from settings where scope = 'js'`)
  })
  const settings = () => clientOf(users.ann).from('settings')

  it('insert, upsert, update, delete', async () => {
    expect(await settings().insert({ scope: 'js', key: 'a', value: '1' })).toMatchObject({ error: null, data: null, status: 201 })
    const many = await settings()
      .insert(
        [
          { scope: 'js', key: 'b' },
          { scope: 'js', key: 'c', value: '3' },
        ],
        { count: 'exact' },
      )
      .select('key, value, note')
    expect([many.error, many.count]).toEqual([null, 2])
    expect(many.data).toEqual(
      [
        { key: 'b', value: null, note: null },
        { key: 'c', value: '3', note: null },
      ].map((row) => ({ ...row, note: 'none' })),
    )
    const upserted = await settings()
      .upsert([{ scope: 'js', key: 'a', value: '9' }], { onConflict: 'scope,key' })
      .select('value')
      .single()
    expect(upserted.data).toEqual({ value: '9' })
    expect((await settings().upsert({ scope: 'js', key: 'a', value: '0' }, { ignoreDuplicates: true }).select()).data).toEqual([])
    const updated = await settings().update({ value: '7' }, { count: 'exact' }).eq('scope', 'js').eq('key', 'a').select('value')
    expect([updated.data, updated.count]).toEqual([[{ value: '7' }], 1])
    const deleted = await settings().delete({ count: 'exact' }).eq('scope', 'js')
    expect([deleted.status, deleted.count]).toEqual([204, 3])
  })

  it('errors arrive as it knows them', async () => {
    const twice = [
      { scope: 'js', key: 'x' },
      { scope: 'js', key: 'x' },
    ]
    expect((await settings().insert(twice)).error).toMatchObject({ code: '23505', message: expect.stringContaining('duplicate key') })
    expect((await clientOf().from('settings').insert(twice[0]!)).status).toBe(401)
    expect((await clientOf(users.ann).from('posts').insert({ author_id: 2, title: 'x' })).status).toBe(403)
  })
})

describe('supabase-js rpc', () => {
  it('scalars, rows, GET and HEAD, void', async () => {
    const client = clientOf(users.ann)
    expect((await client.rpc('add', { a: 1, b: 2 })).data).toBe(3)
    expect((await client.rpc('add', { a: 1 }, { get: true })).data).toBe(11)
    expect((await client.rpc('posts_above', { minimum: 15 }).select('id').order('id').limit(1)).data).toEqual([{ id: 2 }])
    expect((await client.rpc('posts_above', { minimum: 15 }, { count: 'exact', head: true })).count).toBe(2)
    expect((await client.rpc('first_author').select('name').single()).data).toEqual({ name: 'Ann' })
    expect(await client.rpc('rename_author', { id: 1, name: 'Ann' })).toMatchObject({ error: null, data: null, status: 204 })
    expect((await client.rpc('join_words', { words: ['a', 'b'] }, { get: true })).data).toBe('a b')
  })
})
