import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExplainedField } from '../src/index.ts'
import { userOne } from './music.ts'
import { ServedApp } from './served-app.ts'

const { user, service } = ServedApp.headers

describe('POST /graphql/v1/explain', () => {
  let served: ServedApp
  beforeAll(async () => {
    served = await ServedApp.start()
  })
  afterAll(() => served[Symbol.asyncDispose]())
  const explain = (body: unknown, headers: Record<string, string> = service) => served.post(body, headers, '/graphql/v1/explain')
  const explained = async (query: string, as?: object, variables?: object): Promise<ExplainedField[]> => {
    const { body } = await explain({ query: { query, variables }, user: as })
    expect(Array.isArray(body), JSON.stringify(body)).toBe(true)
    return body
  }

  it('gives SQL and plan of every root field, in order', async () => {
    const fields = await explained(
      'query ($id: Int!) { one: artist_by_pk(id: $id) { name } album(order_by: {title: asc}) { title artist { name } } }',
      undefined,
      { id: 1 },
    )
    expect(fields.map(({ field }) => field)).toEqual(['one', 'album'])
    const [one, album] = fields
    expect(one!.sql).toMatch(/from "public"\."artist"/)
    expect(one!.sql).not.toMatch(/album/)
    expect(one!.plan.join('\n')).toMatch(/artist/)
    expect(album!.plan.join('\n')).toMatch(/Sort Key/)
    expect(album!.relations).toMatchObject([
      { schema: 'public', name: 'album', bypassed: true, policies: [] },
      { schema: 'public', name: 'artist', bypassed: true, policies: [] },
    ])
  })

  it('names the policies that apply to a user, and no others', async () => {
    const asUser = { role: 'authenticated', claims: { sub: userOne } }
    const [album] = await explained('{ album { title } }', asUser)
    expect(album!.relations).toEqual([
      {
        schema: 'public',
        name: 'album',
        commands: ['select'],
        rowSecurity: true,
        bypassed: false,
        policies: [
          expect.objectContaining({
            name: 'o',
            command: 'all',
            permissive: true,
            roles: ['authenticated'],
            using: expect.stringContaining('calm'),
          }),
        ],
      },
    ])
    expect(album!.plan.join('\n')).toMatch(/Filter: .*calm/)
    const [anonymous] = await explained('{ album { title } }', { role: 'anon' })
    expect(anonymous!.relations[0]!.policies.map(({ name }) => name)).toEqual(['r'])
  })

  it('names what stands behind a view', async () => {
    const [view] = await explained('{ loud_album { title } }', { role: 'anon' })
    expect(view!.relations.map(({ name }) => name)).toEqual(['album'])
  })

  it('explains mutations without running them', async () => {
    const asUser = { role: 'authenticated', claims: { sub: userOne } }
    const fields = await explained(
      'mutation { insert_artist_one(object: {name: "Nina"}) { id } delete_track(where: {}) { affected_rows } }',
      asUser,
    )
    expect(fields.map(({ field, relations }) => [field, relations.map(({ name, commands }) => [name, ...commands])])).toEqual([
      ['insert_artist_one', [['artist', 'insert', 'select']]],
      ['delete_track', [['track', 'delete', 'select']]],
    ])
    const counts = await served.post(
      { query: '{ artist_aggregate { aggregate { count } } track_aggregate { aggregate { count } } }' },
      service,
    )
    expect(counts.body.data).toEqual({ artist_aggregate: { aggregate: { count: 3 } }, track_aggregate: { aggregate: { count: 4 } } })
  })

  it('is for owners only, and refuses what does not fit', async () => {
    for (const headers of [{}, user]) {
      const refused = await explain({ query: { query: '{ artist { id } }' } }, headers)
      expect([refused.status, refused.body.errors[0].extensions.code]).toEqual([403, 'access-denied'])
    }
    expect((await explain({ query: '{ artist { id } }' })).status).toBe(400)
    expect((await explain({ query: { query: '{ nope }' } })).body.errors[0].message).toBe("field 'nope' not found in type: 'query_root'")
    expect((await explain({ query: { query: '{ artist { id } }' }, user: { role: 'postgres' } })).body.errors[0].message).toMatch(/no role/)
    const denied = await explain({ query: { query: '{ secret { word } }' }, user: { role: 'anon' } })
    expect(denied.body.errors[0].message).toBe("field 'secret' not found in type: 'query_root'")
  })

  it('has nothing to say about what is not in the database', async () => {
    expect(await explained('{ __typename }')).toEqual([{ field: '__typename', sql: '', plan: [], relations: [] }])
  })
})
