import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ServedApp } from './served-app.ts'

const { user, service } = ServedApp.headers

describe('limits and switches that an owner sets while the server runs', () => {
  let served: ServedApp
  beforeAll(async () => {
    served = await ServedApp.start({
      settings: { depthMax: 7 },
      script: `create function slow(row_of artist) returns int language sql stable as 'select 1 from pg_sleep(30)';
        create view slow_artist as select id, 1 as slept from artist, pg_sleep(30);
        grant select on slow_artist to anon, authenticated;
        create table open_label (id int primary key);
        create table signing (id int primary key, artist_id int not null references artist, label_id int not null references open_label);
        insert into open_label values (1); insert into artist (id, name) values (100, 'Hidden'); insert into signing values (1, 100, 1);
        create policy hidden on artist as restrictive using (id < 100);
        grant select on open_label, signing to authenticated`,
    })
  })
  afterAll(() => served[Symbol.asyncDispose]())
  afterEach(async () => {
    const names = Object.keys(served.settings.get(served.area))
    await served.settings.patch('graphql', Object.fromEntries(names.map((name) => [name, null])))
  })
  const set = (patch: object) => served.settings.patch('graphql', patch)
  const data = async (query: string, headers: Record<string, string> = service, variables?: object) => {
    const { body } = await served.post({ query, variables }, headers)
    expect(body.errors, JSON.stringify(body)).toBeUndefined()
    return body.data
  }

  it('what the composition gives is the default, and null sets a value back to it', async () => {
    expect(served.settings.get(served.area).depthMax).toBe(7)
    await set({ depthMax: 1 })
    expect((await served.refusal({ query: '{ album { artist { id } } }' }, service))[0]).toMatch(/at most 1 are allowed/)
    await set({ depthMax: null })
    expect(served.settings.get(served.area).depthMax).toBe(7)
  })

  const refused: readonly (readonly [patch: object, query: string, message: RegExp])[] = [
    [{ depthMax: 1 }, '{ album { artist { id } } }', /nested 2 levels deep; at most 1/],
    [{ costMax: 4 }, '{ album { tracks: id artist { name } } }', /costs more than 4/],
    [{ aliasesMax: 1 }, '{ a: __typename b: __typename }', /more than 1 aliases/],
    [{ rootFieldsMax: 1 }, '{ artist { id } album { id } }', /more than 1 root fields/],
    [{ tokensMax: 5 }, '{ artist { id name } }', /more than 5 tokens/],
  ]
  it.each(refused.map(([patch, query, message]) => ({ patch, query, message })))(
    '$patch refuses what was answered before, also when its plan is known',
    async ({ patch, query, message }) => {
      for (let i = 0; i < 3; i++) await data(query)
      await set(patch)
      const [words, code] = await served.refusal({ query }, service)
      expect(words).toMatch(message)
      expect(code).toBe('validation-failed')
    },
  )

  it('batchMax bounds a batch', async () => {
    const batch = [{ query: '{ __typename }' }, { query: '{ __typename }' }]
    expect((await served.post(batch)).status).toBe(200)
    await set({ batchMax: 1 })
    expect((await served.post(batch)).status).toBe(400)
  })

  it('rowsMax bounds every list, whatever its limit says, and no aggregate', async () => {
    await set({ rowsMax: 2 })
    expect(await data('{ artist(order_by: {id: asc}) { id } }')).toEqual({ artist: [{ id: 1 }, { id: 2 }] })
    expect((await data('{ artist(limit: 3) { id } }')).artist).toHaveLength(2)
    expect((await data('{ artist(limit: 1) { id } }')).artist).toHaveLength(1)
    for (const [n, rows] of [
      [1, 1],
      [3, 2],
      [null, 2],
      [1, 1],
    ] as const)
      expect((await data('query ($n: Int) { artist(limit: $n) { id } }', service, { n })).artist, String(n)).toHaveLength(rows)
    expect(
      (await data('{ artist(where: {id: {_eq: 1}}) { album_by_artist_id { title track { name } } } }')).artist[0].album_by_artist_id,
    ).toHaveLength(2)
    const aggregate = '{ track_aggregate(order_by: {id: asc}) { aggregate { count sum { seconds } } nodes { id } } }'
    expect(await data(aggregate)).toEqual({
      track_aggregate: { aggregate: { count: 4, sum: { seconds: 967 } }, nodes: [{ id: 1 }, { id: 2 }] },
    })
    expect(
      (await data('{ album(where: {id: {_eq: 1}}) { track_aggregate { aggregate { count } nodes { name } } } }')).album[0].track_aggregate
        .nodes,
    ).toHaveLength(2)
    await set({ rowsMax: 1 })
    expect((await data('{ artist { album_by_artist_id { title } } }')).artist).toHaveLength(1)
  })

  it('timeoutMs ends an operation with a clear error', async () => {
    await set({ timeoutMs: 50 })
    const { body } = await served.post({ query: '{ slow_artist { slept } }' })
    expect(body.errors[0].extensions.code).toBe('timeout')
    expect(body.errors[0].message).toMatch(/time limit/)
  })

  it('the schema of a role that sees more tables than may be told is refused, and its operations run', async () => {
    await set({ introspectionTablesMax: 2 })
    const query = '{ __schema { types { name } } }'
    for (const headers of [ServedApp.headers.user, ServedApp.headers.service]) {
      const [message, code] = await served.refusal({ query }, headers)
      expect(message).toContain('more than 2 tables')
      expect(code).toBe('validation-failed')
      expect((await served.post({ query: '{ artist(limit: 1) { id } }' }, headers)).body).toHaveProperty('data')
      expect((await served.post({ query: '{ __type(name: "artist") { name } }' }, headers)).body.data.__type.name).toBe('artist')
      expect((await served.refusal({ query: '{ __schema { queryType { fields { name } } } }' }, headers))[0]).toContain(
        'more than 2 tables',
      )
      expect((await served.refusal({ query: '{ artists { id } }' }, headers))[0]).toContain("field 'artists' not found")
    }
    await set({ introspectionTablesMax: null })
    expect((await served.post({ query }, ServedApp.headers.user)).body).toHaveProperty('data')
  })

  it('policiesMakeNullable tells that a policy may hide the row of a relationship, at once', async () => {
    const query = '{ __type(name: "signing") { fields { name type { kind } } } }'
    const kinds = async () => {
      const { fields } = (await data(query, user)).__type as { fields: { name: string; type: { kind: string } }[] }
      return Object.fromEntries(fields.filter(({ name }) => ['artist', 'label'].includes(name)).map(({ name, type }) => [name, type.kind]))
    }
    const answer = async () => (await data('{ signing { artist { name } label { id } } }', user)).signing as unknown
    for (let i = 0; i < 3; i++) expect(await kinds()).toEqual({ artist: 'NON_NULL', label: 'NON_NULL' })
    expect(await answer()).toEqual([{ artist: null, label: { id: 1 } }])
    await set({ policiesMakeNullable: true })
    for (let i = 0; i < 3; i++) expect(await kinds()).toEqual({ artist: 'OBJECT', label: 'NON_NULL' })
    expect(await answer()).toEqual([{ artist: null, label: { id: 1 } }])
    await set({ policiesMakeNullable: null })
    expect(await kinds()).toEqual({ artist: 'NON_NULL', label: 'NON_NULL' })
  })

  it('introspection is closed for all, or for some roles, and never for service_role', async () => {
    const query = '{ __schema { queryType { name } } __type(name: "artist") { name } }'
    const closed = ["field '__schema' not found in type: 'query_root'", 'validation-failed']
    expect((await data(query, {})).__type.name).toBe('artist')
    await set({ introspectionDeniedRoles: ['anon'] })
    expect(await served.refusal({ query })).toEqual(closed)
    expect((await data(query, user)).__type.name).toBe('artist')
    await set({ introspection: false })
    expect(await served.refusal({ query }, user)).toEqual(closed)
    // Nor are names told by the way.
    const wrong = 'query ($c: artist_select_column!) { artist(distinct_on: [$c]) { id } }'
    for (const sent of [{ query: '{ artist(distinct_on: nope) { id } }' }, { query: wrong, variables: { c: 'nope' } }]) {
      const [message] = await served.refusal(sent, user)
      expect(message).toBe("expected a value for type 'artist_select_column', but found 'nope'")
      expect((await served.refusal(sent, service))[0]).toContain("expected one of the values ['id', 'name'")
    }
    expect((await data(query)).__type.name).toBe('artist')
  })

  it('tells names that exist, and Postgres’ words, to service_role only; with errorDetails to everybody', async () => {
    const misspelt = { query: '{ artists { id } }' }
    const denied = { query: 'mutation { insert_artist_one(object: {name: "Bach"}) { id } }' }
    const internal = async (sent: object, headers: Record<string, string>) =>
      (await served.post(sent, headers)).body.errors[0].extensions.internal
    expect((await served.post(misspelt)).body.errors[0]).toEqual({
      message: "field 'artists' not found in type: 'query_root'",
      extensions: { path: '$.selectionSet.artists', code: 'validation-failed' },
    })
    expect((await internal(misspelt, service)).suggestion).toMatch(/^Did you mean .*artist/)
    expect(await internal(denied, user)).toBeUndefined()
    expect((await internal(denied, service)).error).toMatchObject({ status_code: '23505', constraint: 'artist_name_key' })
    await set({ errorDetails: true })
    expect((await internal(denied, user)).error).toMatchObject({ status_code: '23505' })
    expect(await internal(misspelt, {})).toBeUndefined()
  })

  it('refuses values that make no sense, and changes nothing then', async () => {
    for (const wrong of [{ depthMax: 0 }, { rowsMax: 1.5 }, { introspection: 'no' }, { limits: 1 }, { timeoutMs: -1 }])
      await expect(set(wrong), JSON.stringify(wrong)).rejects.toMatchObject({ code: 'settings_invalid' })
    expect(served.settings.get(served.area)).toEqual(served.area.schema.parse({}))
  })
})
