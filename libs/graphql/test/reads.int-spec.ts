import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anon, Music, principal, service, user } from './music.ts'

describe('queries', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start()))
  afterAll(() => music[Symbol.asyncDispose]())

  it('give the same tree as SQL, in one statement', async () => {
    music.statements.length = 0
    const answer = await music.ask(
      '{ artist(order_by: {id: asc}) { name album_by_artist_id(order_by: {id: asc}) { title track(order_by: {id: asc}) { name seconds } } } }',
    )
    const [row] = await music.database.sql<{ tree: unknown }>(`select json_agg(json_build_object('name', a.name, 'album_by_artist_id',
      coalesce((select json_agg(json_build_object('title', b.title, 'track', coalesce((select json_agg(json_build_object('name', t.name, 'seconds', t.seconds) order by t.id)
        from track t where t.album_id = b.id), '[]'::json)) order by b.id) from album b where b.artist_id = a.id), '[]'::json)) order by a.id) as tree from artist a`)
    expect(answer.artist).toEqual(row?.tree)
    expect(music.statements).toHaveLength(1)
  })

  it('keep every digit of a bigint and the order of the selection', async () => {
    const text = await music.executor.execute({
      query: '{ album_by_pk(id: 1) { title sold id } }',
      variables: {},
      operationName: undefined,
      principal: service,
      mayWrite: true,
    })
    expect(text).toBe('{"data":{"album_by_pk":{"title":"Highway to Hell","sold":9007199254740993,"id":1}}}')
    const found = await music.ask(
      'query ($n: bigint!) { album(where: {sold: {_eq: $n}}) { id } literal: album(where: {sold: {_eq: 9007199254740993}}) { id } }',
      { n: '9007199254740993' },
    )
    expect(found).toEqual({ album: [{ id: 1 }], literal: [{ id: 1 }] })
  })

  it('show a role only what its policies and grants allow, in lists, relations, filters, orders and aggregates', async () => {
    expect(await music.ask('{ album { id } album_aggregate { aggregate { count } nodes { id } } }', {}, anon)).toEqual({
      album: [{ id: 3 }],
      album_aggregate: { aggregate: { count: 1 }, nodes: [{ id: 3 }] },
    })
    const nested = await music.ask(
      '{ artist(order_by: {id: asc}) { id album: album_by_artist_id { id } album_aggregate: album_by_artist_id_aggregate { aggregate { count } } } track { album { id } } }',
      {},
      anon,
    )
    expect(nested.artist.map((each: any) => [each.id, each.album.length, each.album_aggregate.aggregate.count])).toEqual([
      [1, 0, 0],
      [2, 1, 1],
      [3, 0, 0],
    ])
    expect(nested.track.filter((each: any) => each.album !== null)).toEqual([{ album: { id: 3 } }])
    // A hidden row must not show through a filter or an order either.
    expect(await music.ask('{ artist(where: {album_by_artist_id: {title: {_like: "Highway%"}}}) { id } }', {}, anon)).toEqual({
      artist: [],
    })
    expect(
      (await music.ask('{ artist(order_by: [{album_by_artist_id_aggregate: {count: desc}}], limit: 1) { id } }', {}, anon)).artist,
    ).toEqual([{ id: 2 }])
    expect((await music.ask('{ album_by_pk(id: 1) { id } }', {}, anon)).album_by_pk).toBeNull()
  })

  it('show two users their own rows with the same plan', async () => {
    const query = '{ album(where: {feel: {_eq: "loud"}}, order_by: {id: asc}) { id } }'
    const other = principal('authenticated', '00000000-0000-4000-8000-000000000009')
    for (let round = 0; round < 3; round++) {
      expect(await music.ask(query, {}, user)).toEqual({ album: [{ id: 1 }, { id: 2 }] })
      expect(await music.ask(query, {}, other)).toEqual({ album: [] })
    }
  })

  it('hide tables and columns without a grant from the schema, and mutations without a privilege', async () => {
    const names = async (as: typeof anon) =>
      (await music.ask('{ __schema { types { name } mutationType { fields { name } } } }', {}, as)).__schema
    const forAnon = await names(anon)
    expect(forAnon.mutationType).toBeNull()
    expect(forAnon.types.map((type: any) => type.name)).not.toContain('secret')
    expect((await music.refusal('{ secret { word } }', {}, anon)).message).toBe("field 'secret' not found in type: 'query_root'")
    expect((await music.refusal('{ album(where: {price: {_gt: "1"}}) { id } }', {}, anon)).message).toBe(
      "field 'price' not found in type: 'album_bool_exp'",
    )
    expect((await music.refusal('mutation { delete_album(where: {}) { affected_rows } }', {}, anon)).message).toBe('no mutations exist')
    const forUser = (await names(user)).mutationType.fields.map((field: any) => field.name)
    expect(forUser).toContain('insert_album')
    expect(forUser.filter((name: string) => name.includes('folder') || name.includes('secret'))).toEqual([])
    expect(await music.ask('{ __typename no_queries_available }', {}, principal('nobody'))).toMatchObject({ __typename: 'query_root' })
  })

  it('reuse a plan for other values, and never for other shapes', async () => {
    const query =
      'query ($where: artist_bool_exp, $limit: Int, $order: [artist_order_by!]) { artist(where: $where, limit: $limit, order_by: $order) { name } }'
    const ask = async (variables: Record<string, unknown>) => (await music.ask(query, variables)).artist.map((each: any) => each.name)
    for (let round = 0; round < 3; round++) {
      expect(await ask({ where: { id: { _eq: 1 } } })).toEqual(['AC/DC'])
      expect(await ask({ where: { id: { _eq: 2 } } })).toEqual(['Bach'])
      expect(await ask({ where: { id: { _in: [1, 2, 3] } }, order: { name: 'desc' }, limit: 2 })).toEqual(['Nobody', 'Bach'])
      expect(await ask({ where: { id: { _in: [3] } }, order: { name: 'asc' }, limit: 1 })).toEqual(['Nobody'])
      expect(await ask({ where: { born: { _is_null: true } } })).toEqual(['Nobody'])
      expect(await ask({ where: { born: { _is_null: false } }, order: [{ id: 'asc' }], limit: null })).toEqual(['AC/DC', 'Bach'])
      expect(await ask({ where: null, order: [{ born: 'asc_nulls_first' }, { id: 'desc' }] })).toEqual(['Nobody', 'Bach', 'AC/DC'])
    }
    const path = 'query ($p: String) { artist_by_pk(id: 1) { details(path: $p) } }'
    for (const [p, value] of [
      ['country', 'AU'],
      ['members[1].name', 'Malcolm'],
      ['country', 'AU'],
      ['members[1].name', 'Malcolm'],
    ]) {
      expect((await music.ask(path, { p })).artist_by_pk.details).toBe(value)
    }
  })

  it('know a table that was made a moment ago', async () => {
    await music.database.sql('create table fresh (id int primary key); insert into fresh values (1)')
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(await music.ask('{ fresh { id } }')).toEqual({ fresh: [{ id: 1 }] })
  })
})
