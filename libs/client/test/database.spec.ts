import { describe, expect, expectTypeOf, it } from 'vitest'
import { createClient, type SelectedRow } from '@plinth/client'
import { RecordingServer } from './recording-server.ts'

type Database = {
  public: {
    Tables: {
      album: {
        Row: { album_id: number; title: string; artist_id: number; released: string | null; tags: string[] }
        Insert: { album_id?: number; title: string; artist_id: number; released?: string | null; tags?: string[] }
        Update: { title?: string; released?: string | null }
        Relationships: [
          {
            foreignKeyName: 'album_artist_id_fkey'
            columns: ['artist_id']
            isOneToOne: false
            referencedRelation: 'artist'
            referencedColumns: ['artist_id']
          },
        ]
      }
      artist: {
        Row: { artist_id: number; name: string }
        Insert: { artist_id?: number; name: string }
        Update: { name?: string }
        Relationships: []
      }
    }
    Views: { loud_album: { Row: { title: string | null }; Relationships: [] } }
    Functions: { add: { Args: { a: number; b: number }; Returns: number } }
    Enums: { mood: 'calm' | 'loud' }
  }
}

const rows = [{ album_id: 1, title: 'Let There Be Rock' }]

describe('the query builder', () => {
  it('writes every filter, order and range as PostgREST reads it', async () => {
    await using server = await RecordingServer.start(() => ({ body: rows, headers: { 'content-range': '0-0/7' } }))
    const db = createClient<Database>(server.url, 'key')
    const result = await db
      .from('album')
      .select('album_id, title,\n  artist ( name )', { count: 'exact' })
      .eq('artist_id', 1)
      .neq('title', 'a,b')
      .in('title', ['x', 'a,b', 'q"uote', 'back\\slash'])
      .notIn('album_id', [3])
      .is('released', null)
      .contains('tags', ['a b', 'c'])
      .not('title', 'in', ['p', 'q(r)'])
      .or('album_id.gt.3,title.is.null')
      .or('name.eq.x', { referencedTable: 'artist' })
      .textSearch('title', 'rock', { type: 'websearch', config: 'english' })
      .order('title', { ascending: false, nullsFirst: true })
      .order('album_id')
      .range(10, 19)
    expect(result).toMatchObject({ data: rows, error: null, count: 7, status: 200 })
    const { method, path, query, headers } = server.last
    expect([method, path]).toEqual(['GET', '/rest/v1/album'])
    expect([...query]).toEqual([
      ['select', 'album_id,title,artist(name)'],
      ['artist_id', 'eq.1'],
      ['title', 'neq.a,b'],
      ['title', 'in.(x,"a,b","q\\"uote","back\\\\slash")'],
      ['album_id', 'not.in.(3)'],
      ['released', 'is.null'],
      ['tags', 'cs.{"a b",c}'],
      ['title', 'not.in.(p,"q(r)")'],
      ['or', '(album_id.gt.3,title.is.null)'],
      ['artist.or', '(name.eq.x)'],
      ['title', 'wfts(english).rock'],
      ['order', 'title.desc.nullsfirst,album_id.asc'],
      ['offset', '10'],
      ['limit', '10'],
    ])
    expect(headers).toMatchObject({ apikey: 'key', authorization: 'Bearer key', prefer: 'count=exact', accept: 'application/json' })
  })

  it('inserts, upserts, updates and deletes with the preferences of each', async () => {
    await using server = await RecordingServer.start(({ headers }) => ({
      status: 201,
      body: headers.prefer?.includes('representation') === true ? rows : undefined,
    }))
    const db = createClient<Database>(server.url, 'key')
    expect(await db.from('album').insert({ title: 'a', artist_id: 1 })).toMatchObject({ data: null, error: null, status: 201 })
    expect(server.last).toMatchObject({ method: 'POST', body: '{"title":"a","artist_id":1}' })
    expect(server.last.headers).toMatchObject({ prefer: 'return=minimal', 'content-type': 'application/json' })

    const many = await db
      .from('album')
      .upsert(
        [
          { title: 'a', artist_id: 1 },
          { title: 'b', artist_id: 2, released: null },
        ],
        { onConflict: 'album_id', defaultToNull: false },
      )
      .select('title')
    expectTypeOf(many.data).toEqualTypeOf<{ title: string }[] | null>()
    expect(many.data).toEqual(rows)
    expect(server.last.headers.prefer).toBe('return=representation,resolution=merge-duplicates,missing=default')
    expect([...server.last.query]).toEqual([
      ['on_conflict', 'album_id'],
      ['columns', '"title","artist_id","released"'],
      ['select', 'title'],
    ])

    await db.from('album').update({ title: 'c' }).eq('album_id', 1)
    expect(server.last).toMatchObject({ method: 'PATCH', body: '{"title":"c"}' })
    await db.from('album').delete().eq('album_id', 1)
    expect(server.last).toMatchObject({ method: 'DELETE', body: '' })
  })

  it("gives one row, or null, or the server's error", async () => {
    let found: unknown = { album_id: 1 }
    await using server = await RecordingServer.start(({ headers }) => {
      if (headers.accept !== 'application/vnd.pgrst.object+json') return { body: found }
      return {
        status: 406,
        body: {
          code: 'PGRST116',
          details: 'The result contains 0 rows',
          hint: null,
          message: 'Cannot coerce the result to a single JSON object',
        },
      }
    })
    const db = createClient<Database>(server.url, 'key')
    const single = await db.from('album').select().single()
    expect(single.error).toMatchObject({ code: 'PGRST116', details: 'The result contains 0 rows', hint: null })
    expect(single.status).toBe(406)
    expect(await db.from('album').update({ title: 'x' }).eq('album_id', 9).select().maybeSingle()).toMatchObject({
      data: null,
      error: null,
    })
    found = []
    expect(await db.from('album').select().maybeSingle()).toMatchObject({ data: null, error: null })
    found = [{}, {}]
    expect((await db.from('album').select().maybeSingle()).error?.code).toBe('PGRST116')
    await expect(db.from('album').select().single().throwOnError()).rejects.toMatchObject({ code: 'PGRST116' })
  })

  it('calls functions by POST and GET, in another schema too', async () => {
    await using server = await RecordingServer.start(() => ({ body: 3 }))
    const db = createClient<Database>(server.url, 'key')
    const sum = await db.rpc('add', { a: 1, b: 2 })
    expectTypeOf(sum.data).toEqualTypeOf<number | null>()
    expect(sum.data).toBe(3)
    expect(server.last).toMatchObject({ method: 'POST', path: '/rest/v1/rpc/add', body: '{"a":1,"b":2}' })
    await createClient(server.url, 'key')
      .schema('reports')
      .rpc('sum', { ids: [1, 2] }, { get: true })
    expect(server.last).toMatchObject({ method: 'GET', path: '/rest/v1/rpc/sum' })
    expect(server.last.query.get('ids')).toBe('{1,2}')
    expect(server.last.headers['accept-profile']).toBe('reports')
  })

  it("turns an unreachable server, an abort and a proxy's page into errors", async () => {
    const nowhere = createClient('http://127.0.0.1:9', 'key')
    expect((await nowhere.from('album').select()).error).toMatchObject({ code: 'network_error', status: 0, retryable: true })
    await using server = await RecordingServer.start(() => ({ body: '<html>', delayMs: 50 }))
    const db = createClient(server.url, 'key')
    expect((await db.from('album').select()).error).toMatchObject({ code: 'unexpected_response' })
    const aborted = await db.from('album').select().abortSignal(AbortSignal.timeout(1))
    expect(aborted.error?.code).toBe('aborted')
  })

  it('types rows from the select string', () => {
    type S = Database['public']
    type Row = SelectedRow<S, 'album', 'id:album_id, title::text, artist ( name ), tags->>0, count:album_id.count()'>
    expectTypeOf<Row['id']>().toEqualTypeOf<number>()
    expectTypeOf<Row['title']>().toEqualTypeOf<string | null>()
    expectTypeOf<Row['artist']>().toEqualTypeOf<{ name: string } | null>()
    expectTypeOf<Row['count']>().toEqualTypeOf<number>()
    expectTypeOf<SelectedRow<S, 'artist', '*, albums:album(title, released)'>['albums']>().toEqualTypeOf<
      { title: string; released: string | null }[]
    >()
    expectTypeOf<SelectedRow<S, 'album', '*, artist!inner(name)'>['artist']>().toEqualTypeOf<{ name: string }>()
    expectTypeOf<SelectedRow<S, 'album', 'artist_id(name)'>['artist_id']>().toEqualTypeOf<{ name: string } | null>()
    expectTypeOf<SelectedRow<S, 'loud_album', '*'>>().toEqualTypeOf<{ title: string | null }>()
    expectTypeOf<SelectedRow<S, 'album', string>>().toBeAny()
    expectTypeOf<SelectedRow<ReturnType<typeof JSON.parse>, 'album', 'title'>>().toBeAny()
    const db = createClient<Database>('http://localhost', 'key')
    // @ts-expect-error no such table
    db.from('nothing')
    // @ts-expect-error `title` is missing
    db.from('album').insert({ artist_id: 1 })
    // @ts-expect-error a title is text
    db.from('album').select().eq('title', 1)
    expect(db).toBeDefined()
  })
})

describe('graphql', () => {
  it('returns data and errors as they came, and a failure on the way as an error', async () => {
    let answer: { status?: number; body: unknown } = { body: { data: { a: 1 } } }
    await using server = await RecordingServer.start(() => answer)
    const db = createClient(server.url, 'key')
    expect(await db.graphql('query($x:Int){a(x:$x)}', { x: 1 })).toEqual({ data: { a: 1 }, errors: null })
    expect(server.last).toMatchObject({
      method: 'POST',
      path: '/graphql/v1',
      body: '{"query":"query($x:Int){a(x:$x)}","variables":{"x":1}}',
    })
    answer = { body: { errors: [{ message: 'no', extensions: { path: '$', code: 'validation-failed' } }] } }
    expect((await db.graphql('{b}')).errors?.[0]?.extensions?.code).toBe('validation-failed')
    answer = { status: 503, body: { errors: [{ message: 'busy', extensions: { path: '$', code: 'postgres-max-connections-error' } }] } }
    expect(await db.graphql('{b}')).toEqual({
      data: null,
      errors: [{ message: 'busy', extensions: { code: 'postgres-max-connections-error' } }],
    })
    answer = { status: 404, body: { error: { code: 'path_unknown', message: 'Nothing is served here', hint: null, requestId: '1' } } }
    expect((await db.from('t').select()).error).toMatchObject({ code: 'path_unknown', status: 404, message: 'Nothing is served here' })
    answer = { status: 401, body: { code: 'invalid_key', message: 'The key is not known' } }
    expect(await db.graphql('{b}')).toEqual({
      data: null,
      errors: [{ message: 'The key is not known', extensions: { code: 'invalid_key' } }],
    })
  })
})
