import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CatalogService } from '#libs/catalog'
import { PrincipalResolver, signHs256 } from '#libs/identity'
import { createLogger, LOGGER } from '#libs/kernel'
import { PlatformDatabase, RequestDatabase } from '#libs/postgres'
import { GraphqlDialectModule } from '../src/index.ts'
import { Music, userOne } from './music.ts'

const jwtSecret = 'a secret of at least thirty-two characters'

describe('GraphQL over HTTP', () => {
  let music: Music
  let app: NestFastifyApplication
  let token: string

  beforeAll(async () => {
    music = await Music.start()
    const provided = [
      { provide: PrincipalResolver, useValue: new PrincipalResolver({ jwtSecret }) },
      { provide: RequestDatabase, useValue: music.database.request },
      { provide: PlatformDatabase, useValue: music.database.platform },
      { provide: CatalogService, useValue: music.catalog },
      { provide: LOGGER, useValue: createLogger({ level: 'silent', pretty: false }) },
    ]
    @Module({})
    class AppModule {}
    const globals = { module: class Globals {}, global: true, providers: provided, exports: provided.map(({ provide }) => provide) }
    const root = { module: AppModule, imports: [globals, GraphqlDialectModule.register({ bodyBytesMax: 20_000, batchMax: 3 })] }
    app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), { logger: false })
    await app.init()
    await app.getHttpAdapter().getInstance().ready()
    const now = Math.floor(Date.now() / 1000)
    token = signHs256({ role: 'authenticated', sub: userOne, aud: 'authenticated', iat: now, exp: now + 600 }, jwtSecret)
  })
  afterAll(async () => {
    await app.close()
    await music[Symbol.asyncDispose]()
  })

  const post = (payload: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/graphql/v1',
      headers: { 'content-type': 'application/json', ...headers },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    })
  const modern = { accept: 'application/graphql-response+json, application/json;q=0.9' }

  it('calls a document that is nested too deep for the parser what it is, and no fault of the server', async () => {
    for (const query of [`{ artist(where: ${'['.repeat(9_000)}`, `query ($a: ${'['.repeat(9_000)}) { artist { id } }`]) {
      const answer = await post({ query })
      expect([answer.statusCode, answer.json().errors[0].message]).toEqual([
        200,
        'The document is too large: more than 200 levels of brackets',
      ])
    }
  })

  it('takes any key of JSON as data, also those that JavaScript knows', async () => {
    await music.database.sql(
      'create table note (id int primary key, title text, meta jsonb); grant select, insert, update on note to authenticated',
    )
    await music.catalog.refreshIfStale()
    const meta = '{"__proto__":{"a":1},"constructor":{"prototype":{"b":[{"__proto__":null}]}},"toString":2}'
    const rows = (ids: readonly number[]) => ids.map((id) => `{"id":${id},"title":"t","meta":${meta}}`).join(',')
    const bodies = [
      `{"query":"mutation ($o: note_insert_input!) { insert_note_one(object: $o) { id } }","variables":{"o":${rows([1])}}}`,
      `{"query":"mutation ($o: [note_insert_input!]!) { insert_note(objects: $o) { affected_rows } }","variables":{"o":[${rows([2, 3])}]}}`,
      `{"query":"mutation ($m: jsonb) { insert_note(objects: [{id: 4, meta: $m}, {id: 5}]) { affected_rows } }","variables":{"m":${meta}}}`,
      `{"query":"mutation ($m: jsonb) { update_note_by_pk(pk_columns: {id: 5}, _set: {meta: $m}) { id } }","variables":{"m":${meta}}}`,
      JSON.stringify({
        query: `mutation { insert_note_one(object: {id: 6, meta: {__proto__: {a: 1}, constructor: {prototype: {b: [{__proto__: null}]}}, toString: 2}}) { id } }`,
      }),
    ]
    for (const body of bodies) expect((await post(body, { authorization: `Bearer ${token}` })).json(), body).not.toHaveProperty('errors')
    const stored = await music.database.sql<{ meta: string }>('select meta::text from note order by id')
    expect(stored.map((row) => row.meta)).toEqual(
      Array<string>(6).fill('{"toString": 2, "__proto__": {"a": 1}, "constructor": {"prototype": {"b": [{"__proto__": null}]}}}'),
    )
    const found = await post(
      { query: '{ note(where: {meta: {_contains: {__proto__: {a: 1}}}}) { id } }' },
      { authorization: `Bearer ${token}` },
    )
    expect(found.json().data.note).toHaveLength(6)
    // A body that would be an operation by its prototype is none.
    const inherited = await post('{"__proto__":{"query":"{ artist { id } }"}}')
    expect([inherited.statusCode, inherited.body.includes('artist')]).toEqual([400, false])
    expect(({} as { a?: unknown }).a).toBeUndefined()
    await music.database.sql('drop table note')
    await music.catalog.refreshIfStale()
  })

  it('answers POST and GET with the data and its media type', async () => {
    const answer = await post({ query: 'query Q($id: Int!) { artist_by_pk(id: $id) { name } }', variables: { id: 2 }, operationName: 'Q' })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(answer.json()).toEqual({ data: { artist_by_pk: { name: 'Bach' } } })
    const query = new URLSearchParams({ query: 'query ($id: Int!) { artist_by_pk(id: $id) { name } }', variables: '{"id":1}' })
    const got = await app.inject({ url: `/graphql/v1?${query}`, headers: modern })
    expect(got.headers['content-type']).toBe('application/graphql-response+json; charset=utf-8')
    expect(got.json()).toEqual({ data: { artist_by_pk: { name: 'AC/DC' } } })
  })

  it('runs under the role of the token, else of the key, else anonymously', async () => {
    const query = { query: '{ album { id } }' }
    expect((await post(query, { authorization: `Bearer ${token}` })).json().data.album).toHaveLength(3)
    expect((await post(query)).json().data.album).toHaveLength(1)
    const key = signHs256({ role: 'service_role', iss: 'plinth' }, jwtSecret)
    expect((await post({ query: '{ secret { word } }' }, { apikey: key })).json()).toEqual({ data: { secret: [{ word: 'xyzzy' }] } })
    const refused = await post(query, { authorization: 'Bearer not.a.token' })
    expect(refused.statusCode).toBe(200)
    expect(refused.json().errors[0].extensions.code).toBe('invalid-jwt')
    expect((await post(query, { authorization: 'Bearer not.a.token', ...modern })).statusCode).toBe(401)
  })

  it('answers errors with 200 to plain JSON clients, and with a status to the others', async () => {
    const unknown = await post({ query: '{ nope }' })
    expect(unknown.statusCode).toBe(200)
    expect(unknown.json()).toEqual({
      errors: [
        { message: "field 'nope' not found in type: 'query_root'", extensions: { path: '$.selectionSet.nope', code: 'validation-failed' } },
      ],
    })
    const status = async (query: string, headers: Record<string, string> = {}) =>
      (await post({ query }, { ...modern, ...headers })).statusCode
    expect(await status('{ nope }')).toBe(400)
    expect(await status('{')).toBe(400)
    expect(await status('mutation { insert_artist_one(object: {name: "Bach"}) { id } }', { authorization: `Bearer ${token}` })).toBe(409)
    expect(
      await status('mutation { insert_album_one(object: {title: "x", artist_id: 1}) { id } }', { authorization: `Bearer ${token}` }),
    ).toBe(403)
  })

  const refused: readonly (readonly [name: string, body: unknown, status: number, message: RegExp, headers?: Record<string, string>])[] = [
    ['a body that is no JSON', '{"query"', 400, /not JSON/],
    ['an empty body', '', 400, /not JSON/],
    ['a body that is no object', '"{a}"', 400, /must be a JSON object/],
    ['no query', {}, 400, /'query' was not present/],
    ['a query that is no text', { query: 1 }, 400, /'query' must be a string/],
    ['variables that are no object', { query: '{a}', variables: [1] }, 400, /'variables' must be an object/],
    ['an operation name that is no text', { query: '{a}', operationName: 1 }, 400, /'operationName' must be a string/],
    ['a form', 'query={a}', 415, /application\/json/, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a body over the limit', { query: `{ a } #${'x'.repeat(30_000)}` }, 413, /larger/],
    ['an empty batch', [], 400, /batch is empty/],
    ['a batch over the limit', Array.from({ length: 4 }, () => ({ query: '{ __typename }' })), 400, /at most 3/],
  ]
  it.each(refused.map(([name, body, status, message, headers]) => ({ name, body, status, message, headers })))(
    'refuses $name',
    async ({ body, status, message, headers }) => {
      const answer = await post(body, headers)
      expect(answer.statusCode).toBe(status)
      expect(answer.json().errors[0].message).toMatch(message)
    },
  )

  it('refuses mutations by GET and changes nothing', async () => {
    const query = 'mutation { delete_artist(where: {}) { affected_rows } }'
    for (let i = 0; i < 3; i++) {
      const answer = await app.inject({
        url: `/graphql/v1?${new URLSearchParams({ query })}`,
        headers: { authorization: `Bearer ${token}` },
      })
      expect(answer.statusCode).toBe(405)
      expect(answer.headers['allow']).toBe('POST')
    }
    expect((await app.inject('/graphql/v1?query={a}&variables=x')).statusCode).toBe(400)
    expect((await post({ query: '{ artist_aggregate { aggregate { count } } }' })).json().data.artist_aggregate.aggregate.count).toBe(3)
  })

  it('answers a batch in its order, each with its own data or error', async () => {
    const answer = await post([{ query: '{ artist_by_pk(id: 1) { name } }' }, { query: '{ nope }' }, { query: 5 }])
    expect(answer.statusCode).toBe(200)
    const [first, second, third] = answer.json()
    expect(first).toEqual({ data: { artist_by_pk: { name: 'AC/DC' } } })
    expect(second.errors[0].extensions.code).toBe('validation-failed')
    expect(third.errors[0].message).toMatch(/'query' must be a string/)
  })
})
