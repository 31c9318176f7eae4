import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Principal } from '#libs/identity'
import { GraphQLFailure } from '../src/index.ts'
import { ServedApp } from './served-app.ts'
import { Music, principal, service, user, userOne } from './music.ts'

/** Rows with ties and nulls in every column, of which a policy hides some. */
const script = `
  create table artist (id int primary key, name text not null);
  create table album (id bigint primary key, artist_id int references artist, title text, price numeric(8,2), rating float8, at timestamptz, owner uuid);
  create table pair (a int, b text, word text, primary key (a, b));
  create table keyless (word text);
  insert into artist select i, 'artist ' || i % 3 from generate_series(1, 5) i;
  insert into album select 9007199254740990 + i, case when i % 6 > 0 then i % 6 end, case when i % 4 > 0 then 'title ' || i % 4 end,
    case when i % 5 > 0 then i % 3 + 0.5 end, case when i % 7 > 0 then (i % 5) / 3.0 end,
    case when i % 3 > 0 then '2020-01-01T00:00:00.123456Z'::timestamptz + i % 4 * interval '1 day' end,
    case when i % 2 = 0 then '${userOne}'::uuid end from generate_series(1, 41) i;
  insert into pair select i % 3, 'it''s "' || i, 'word' from generate_series(1, 9) i;
  alter table album enable row level security;
  create policy own on album for select to authenticated using (owner = (select auth.uid()) or id % 5 = 0);
  grant select on artist, album, pair, keyless to anon, authenticated;
  grant insert, delete on artist to authenticated;`

let music: Music
beforeAll(async () => {
  music = await Music.start({}, (database) => database.sql(script))
})
afterAll(() => music[Symbol.asyncDispose]())

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly key: unknown } }[]
  readonly pageInfo: { startCursor: string; endCursor: string; hasNextPage: boolean; hasPreviousPage: boolean }
}

async function page(order: string, as: Principal, where: Record<string, unknown>): Promise<Page> {
  const query = `query ($first: Int, $last: Int, $after: String, $before: String) {
    page: album_connection(first: $first, last: $last, after: $after, before: $before${order}) {
      edges { cursor node { key: title price rating at artist { name } id } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    }
  }`
  return (await music.askRelay(query, where, as)).page as Page
}

const orders: readonly (readonly [what: string, graphql: string, sql: string])[] = [
  ['the primary key', '', 'id'],
  ['text, nulls last', ', order_by: {title: asc}', 'title, id'],
  ['text, nulls first', ', order_by: {title: asc_nulls_first}', 'title nulls first, id'],
  ['numeric, nulls first', ', order_by: {price: desc}', 'price desc, id'],
  ['numeric, nulls last', ', order_by: {price: desc_nulls_last}', 'price desc nulls last, id'],
  ['floats and times', ', order_by: [{rating: asc}, {at: desc_nulls_last}]', 'rating, at desc nulls last, id'],
  ['the key downwards', ', order_by: {id: desc}', 'id desc'],
  [
    'a related row',
    ', order_by: [{artist: {name: desc_nulls_last}}, {title: asc}]',
    '(select name from artist a where a.id = artist_id) desc nulls last, title, id',
  ],
]

describe('a connection', () => {
  for (const as of [user, service]) {
    it.each(orders)(`is walked forwards and backwards without a gap or a repetition: ${as.role}, %s`, async (_what, order, sql) => {
      const seen = as === user ? `where owner = '${userOne}' or id % 5 = 0` : ''
      const wanted = (await music.database.sql<{ id: string }>(`select id::text from album ${seen} order by ${sql}`)).map(({ id }) => id)
      const idOf = ({ node }: Page['edges'][number]) =>
        /(\d+)\]$/.exec(Buffer.from((node as never as { id: string }).id, 'base64').toString())![1]!
      for (const size of [1, 4, 7, 100]) {
        const forwards: string[] = []
        for (let after: string | undefined; ;) {
          const { edges, pageInfo } = await page(order, as, { first: size, after })
          forwards.push(...edges.map(idOf))
          expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]!.cursor, edges.at(-1)!.cursor])
          expect(pageInfo.hasPreviousPage).toBe(after !== undefined)
          if (!pageInfo.hasNextPage) break
          after = pageInfo.endCursor
        }
        expect(forwards).toEqual(wanted)
        const backwards: string[] = []
        for (let before: string | undefined; ;) {
          const { edges, pageInfo } = await page(order, as, { last: size, before })
          backwards.unshift(...edges.map(idOf))
          expect(pageInfo.hasNextPage).toBe(before !== undefined)
          if (!pageInfo.hasPreviousPage) break
          before = pageInfo.startCursor
        }
        expect(backwards).toEqual(wanted)
      }
    })
  }

  it.each([
    ['{album_aggregate: {count: desc}}', '(select count(*) from album b where b.artist_id = artist.id) desc, id'],
    ['{album_aggregate: {max: {at: asc_nulls_first}}}', '(select max(at) from album b where b.artist_id = artist.id) nulls first, id'],
    [
      '{album_aggregate: {avg: {price: desc_nulls_last}}}',
      '(select avg(price) from album b where b.artist_id = artist.id) desc nulls last, id',
    ],
  ])('is walked in the order of an aggregate: %s', async (order, sql) => {
    const wanted = await music.database.sql<{ name: string }>(`select name from artist order by ${sql}`)
    const names: string[] = []
    for (let after: string | undefined; ;) {
      const query = `query ($after: String) { page: artist_connection(first: 2, after: $after, order_by: ${order}) { edges { node { name } } pageInfo { endCursor hasNextPage } } }`
      const { edges, pageInfo } = (await music.askRelay(query, { after })).page
      names.push(...edges.map(({ node }: any) => node.name))
      if (!pageInfo.hasNextPage) break
      after = pageInfo.endCursor
    }
    expect(names).toEqual(wanted.map(({ name }) => name))
  })

  it('with distinct_on is walked group by group', async () => {
    const wanted = await music.database.sql<{ id: string }>('select distinct on (title) id::text from album order by title desc, price, id')
    const ids: string[] = []
    for (let after: string | undefined; ;) {
      const query = `query ($after: String) { page: album_connection(first: 1, after: $after, distinct_on: [title], order_by: [{title: desc}, {price: asc}])
        { edges { node { id } } pageInfo { endCursor hasNextPage } } }`
      const { edges, pageInfo } = (await music.askRelay(query, { after })).page
      ids.push(...edges.map(({ node }: any) => /(\d+)\]$/.exec(Buffer.from(node.id, 'base64').toString())![1]))
      if (!pageInfo.hasNextPage) break
      after = pageInfo.endCursor
    }
    expect(ids).toEqual(wanted.map(({ id }) => id))
  })

  it('without rows has empty cursors and no pages', async () => {
    const nobody = principal('authenticated', '00000000-0000-4000-8000-00000000000f')
    const { pageInfo, edges } = await page(', where: {id: {_lt: 0}}', nobody, { first: 2 })
    expect([edges, pageInfo]).toEqual([[], { startCursor: '', endCursor: '', hasNextPage: false, hasPreviousPage: false }])
  })

  it('holds no more rows than the owner allows, and says that there are more', async () => {
    await using small = await Music.start({ rowsMax: 3 }, (database) => database.sql(script))
    const { pair_connection: pairs } = await small.askRelay('{ pair_connection(first: 9) { edges { cursor } pageInfo { hasNextPage } } }')
    expect([pairs.edges.length, pairs.pageInfo.hasNextPage]).toEqual([3, true])
  })

  it('of related rows is cut by itself', async () => {
    const { artist_connection: artists } = await music.askRelay(
      '{ artist_connection(first: 2) { edges { node { name album_connection(first: 2, order_by: {id: desc}) { edges { node { title } } pageInfo { hasNextPage hasPreviousPage } } } } } }',
    )
    expect(artists.edges.map(({ node }: any) => [node.album_connection.edges.length, node.album_connection.pageInfo])).toEqual([
      [2, { hasNextPage: true, hasPreviousPage: false }],
      [2, { hasNextPage: true, hasPreviousPage: false }],
    ])
  })

  it('does not take cursors that somebody made up', async () => {
    for (const after of ['', 'x', 'bnVsbA==', 'W10=', 'e30=', 'eyJpZCI6MX0=', 'eyJpZCI6eyJhIjoxfX0=', 'eyJfX3Byb3RvX18iOiIxIn0=']) {
      const failure = await refusal('query ($after: String) { album_connection(first: 1, after: $after) { edges { cursor } } }', { after })
      expect([after, failure.code, failure.path]).toEqual([after, 'validation-failed', '$.selectionSet.album_connection.args.after'])
    }
    const text = Buffer.from('{"id":"1; drop table album"}').toString('base64')
    expect((await refusal(`{ album_connection(after: "${text}") { edges { cursor } } }`)).code).toBe('data-exception')
  })
})

describe('a global id', () => {
  it('finds its row again, whatever its key is made of', async () => {
    const { pair_connection: pairs, album_connection: albums } = await music.askRelay(
      '{ pair_connection { edges { node { id a b } } } album_connection(last: 1) { edges { node { id title } } } }',
    )
    for (const { node } of pairs.edges) {
      const found = await music.askRelay('query ($id: ID!) { node(id: $id) { __typename id ... on pair { a b } } }', { id: node.id })
      expect(found).toEqual({ node: { __typename: 'pair', ...node } })
    }
    // More digits than a JavaScript number holds.
    const [{ node: album }] = albums.edges
    expect(await music.askRelay('query ($id: ID!) { node(id: $id) { id ... on album { title } } }', { id: album.id })).toEqual({
      node: album,
    })
  })

  it('of a row that the caller may not see leads to null', async () => {
    const { album_connection: all } = await music.askRelay('{ album_connection { edges { node { id } } } }')
    const seen = await Promise.all(
      all.edges.map(
        async ({ node }: any) => (await music.askRelay('query ($id: ID!) { node(id: $id) { id } }', { id: node.id }, user)).node,
      ),
    )
    const [counted] = await music.database.sql<{ count: number }>(
      `select count(*)::int as count from album where owner = '${userOne}' or id % 5 = 0`,
    )
    expect([seen.length, seen.filter((node) => node !== null).length]).toEqual([41, counted!.count])
  })

  it('is no table of the platform and nothing else that the role has no right to', async () => {
    const ids = [
      [1, 'auth', 'users', 1],
      [1, 'public', 'keyless', 1],
      [1, 'public', 'pair', 1],
      [2, 'public', 'artist', 1],
      [1, 'public', 'artist', null],
      [1],
      'x',
      {},
    ]
    for (const id of [...ids.map((each) => Buffer.from(JSON.stringify(each)).toString('base64')), '', '%%%']) {
      expect(await refusal('query ($id: ID!) { node(id: $id) { id } }', { id })).toMatchObject({
        code: 'validation-failed',
        message: 'invalid node id',
        path: '$.selectionSet.node.args.id',
      })
    }
  })

  it('takes the place of a column called id, in answers of mutations too', async () => {
    const { insert_artist_one: made, delete_artist: gone } = await music.askRelay(
      'mutation { insert_artist_one(object: {id: 77, name: "new"}) { id name } delete_artist(where: {id: {_eq: 77}}) { returning { id } } }',
    )
    const id = Buffer.from(made.id as string, 'base64').toString()
    expect(JSON.parse(id)).toEqual([1, 'public', 'artist', 77])
    expect(gone.returning).toEqual([{ id: made.id }])
  })
})

describe('POST /graphql/v1/relay', () => {
  it('serves Relay, and the path above it does not', async () => {
    await using served = await ServedApp.start()
    const query = '{ artist_connection(first: 1) { edges { node { name } } pageInfo { hasNextPage } } }'
    const { body } = await served.post({ query }, ServedApp.headers.service, '/graphql/v1/relay')
    expect(body).toEqual({ data: { artist_connection: { edges: [{ node: { name: 'AC/DC' } }], pageInfo: { hasNextPage: true } } } })
    const above = await served.post({ query }, ServedApp.headers.service)
    expect(above.body.errors[0].message).toBe("field 'artist_connection' not found in type: 'query_root'")
    const list = await served.post({ query: '{ artist { name } }' }, ServedApp.headers.service, '/graphql/v1/relay')
    expect(list.body.errors[0].message).toBe("field 'artist' not found in type: 'query_root'")
  })

  it('holds the settings of the owner too', async () => {
    await using served = await ServedApp.start({ settings: { introspection: false } })
    const { body } = await served.post({ query: '{ __schema { queryType { name } } }' }, ServedApp.headers.user, '/graphql/v1/relay')
    expect(body.errors[0].extensions.code).toBe('validation-failed')
  })
})

async function refusal(query: string, variables: Record<string, unknown> = {}): Promise<GraphQLFailure> {
  try {
    return (await music.askRelay(query, variables)) as never
  } catch (error) {
    if (!(error instanceof GraphQLFailure)) throw error
    return error
  }
}
