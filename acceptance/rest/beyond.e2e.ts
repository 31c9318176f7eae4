// What PostgREST does not have: batches, cursors, the reasons of a denial, OpenAPI 3.1 (docs/how-to).
import { describe, expect, it } from 'vitest'
import { fixture, send } from './fixture.ts'

describe(`batches on ${fixture.database}`, () => {
  const batch = (steps: unknown[]) => send('POST /batch', { body: { steps } })

  it('later steps refer to the answers of earlier ones, all in one transaction', async () => {
    await send('DELETE /children?id=gte.7000')
    await send('DELETE /parents?id=gte.7000')
    const answer = await batch([
      {
        id: 'parent',
        method: 'POST',
        path: '/parents?select=id',
        headers: { Prefer: 'return=representation' },
        body: { id: 7001, name: 'p' },
      },
      { method: 'POST', path: '/children', body: [{ id: 7001, parent_id: { $ref: 'parent.0.id' }, name: 'c' }] },
      { id: 'both', method: 'GET', path: '/parents?select=name,children(name)', filters: { id: { eq: { $ref: 'parent.0.id' } } } },
    ])
    expect(answer.status, answer.text).toBe(200)
    expect(answer.json.results.map((result: { status: number }) => result.status)).toEqual([201, 201, 200])
    expect(answer.json.results[2].body).toEqual([{ name: 'p', children: [{ name: 'c' }] }])
  })

  it('a step that fails undoes all', async () => {
    const answer = await batch([
      { method: 'POST', path: '/parents', body: { id: 7002, name: 'lost' } },
      { method: 'POST', path: '/children', body: { id: 7002, parent_id: 999999, name: 'x' } },
    ])
    expect([answer.status, answer.json.code]).toEqual([409, '23503'])
    expect((await send('GET /parents?id=eq.7002')).json).toEqual([])
  })
})

describe(`nested inserts on ${fixture.database}`, () => {
  it('write a parent with its children, or nothing', async () => {
    const headers = { prefer: 'return=representation,tx=rollback' }
    const path = '/parents?select=name,children(name)'
    const row = (children: unknown[]) => ({ id: 7100, name: 'p', children })
    const kept = await send(`POST ${path}`, {
      headers,
      body: row([
        { id: 7101, name: 'a' },
        { id: 7102, name: 'b' },
      ]),
    })
    expect([kept.status, kept.json]).toEqual([201, [{ name: 'p', children: [{ name: 'a' }, { name: 'b' }] }]])
    const twice = await send(`POST ${path}`, {
      body: row([
        { id: 7101, name: 'a' },
        { id: 7101, name: 'b' },
      ]),
    })
    expect([twice.status, twice.json.code]).toEqual([409, '23505'])
    expect((await send('GET /parents?id=eq.7100')).json).toEqual([])
  })
})

describe(`cursors on ${fixture.database}`, () => {
  it('lead through all rows, each once', async () => {
    const seen: number[] = []
    let path: string | undefined = '/numbers?select=n&order=n.desc&n=lte.25&limit=10'
    let pages = 0
    while (path !== undefined && pages < 10) {
      const answer = await send(`GET ${path}`, { headers: { prefer: 'cursor' } })
      expect(answer.status, answer.text).toBe(200)
      seen.push(...answer.json.map((row: { n: number }) => row.n))
      const next = /<([^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
      path = next === undefined ? undefined : `/numbers${next}`
      pages += 1
    }
    expect(pages).toBe(3)
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => 25 - index))
  })
})

describe(`denials on ${fixture.database}`, () => {
  it('are explained to the owner of the secret key', async () => {
    const answer = await send('GET /secrets', { token: fixture.serviceKey, headers: { prefer: 'explain-denied' } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/vnd.plinth.denied+json; charset=utf-8'])
    expect(answer.json).toMatchObject({ relation: 'public.secrets', command: 'SELECT', role: 'anon' })
    expect(answer.json.missingGrants).not.toEqual([])
  })

  it('are not explained to others', async () => {
    const answer = await send('GET /secrets', { headers: { prefer: 'explain-denied' } })
    expect([answer.status, answer.json.code]).toEqual([401, '42501'])
  })
})

describe(`OpenAPI 3.1 on ${fixture.database}`, () => {
  it('describes what the role of the caller may use', async () => {
    const answer = await send('GET /openapi.json')
    expect([answer.status, answer.json.openapi]).toEqual([200, expect.stringMatching(/^3\.1/)])
    expect(answer.json.paths).toHaveProperty('/channels')
    expect(answer.json.paths).not.toHaveProperty('/secrets')
  })
})
