// What an owner sets and asks while the server runs: limits, the allow-list, explanations.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ environment: { PLINTH_GRAPHQL_MAX_DEPTH: '4', PLINTH_API_MAX_ROWS: '3' } })
  await server.plinth(
    'sql',
    '-c',
    `create table note (id int primary key, text text); insert into note select n, 'note ' || n from generate_series(1, 9) n;
     alter table note enable row level security; create policy few on note for select to anon using (id < 8); grant select on note to anon`,
  )
})
afterAll(() => server?.[Symbol.asyncDispose]())

async function call(
  method: string,
  path: string,
  body?: unknown,
  key: string | undefined = server.secretKey,
): Promise<{ status: number; body: ReturnType<typeof JSON.parse> }> {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(key === '' ? {} : { apikey: key }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}
const ask = async (query: string, key = server.anonKey) => (await call('POST', '/graphql/v1', { query }, key)).body

describe('settings of GraphQL', () => {
  it('start from the environment and change at once', async () => {
    const { body } = await call('GET', '/admin/v1/settings/graphql')
    expect(body.values).toMatchObject({ depthMax: 4, rowsMax: 3, allowListEnabled: false })
    expect((await ask('{ note { id } }')).data.note).toHaveLength(3)
    expect((await call('PATCH', '/admin/v1/settings/graphql', { rowsMax: 5 })).status).toBe(200)
    expect((await ask('{ note { id } }')).data.note).toHaveLength(5)
    expect((await call('PATCH', '/admin/v1/settings/graphql', { rowsMax: null })).body.values.rowsMax).toBe(3)
  })
})

describe('the allow-list in the admin API', () => {
  it('is closed to everybody but owners', async () => {
    for (const [method, path] of [
      ['GET', '/admin/v1/graphql/documents'],
      ['POST', '/admin/v1/graphql/documents'],
      ['DELETE', '/admin/v1/graphql/documents/x'],
      ['POST', '/admin/v1/graphql/explain'],
    ] as const) {
      const body = method === 'POST' ? {} : undefined
      expect((await call(method, path, body, '')).status, path).toBe(401)
      expect((await call(method, path, body, server.anonKey)).status, path).toBe(403)
    }
  })

  it('takes documents, lets only those run when it is on, and is recorded', async () => {
    const added = await call('POST', '/admin/v1/graphql/documents', { document: '{ note { id } }', name: 'notes' })
    expect(added).toMatchObject({ status: 200, body: { name: 'notes', hash: expect.stringMatching(/^[0-9a-f]{64}$/) } })
    expect((await call('GET', '/admin/v1/graphql/documents')).body).toEqual([added.body])
    await call('PATCH', '/admin/v1/settings/graphql', { allowListEnabled: true })
    expect((await call('POST', '/graphql/v1', { documentId: 'notes' }, server.anonKey)).body.data.note).toHaveLength(3)
    expect((await ask('{ note { text } }')).errors[0].message).toBe('query is not allowed')
    expect((await ask('{ note { text } }', server.secretKey)).data.note).toHaveLength(3)
    expect((await call('DELETE', `/admin/v1/graphql/documents/${added.body.hash}`)).status).toBe(204)
    expect((await ask('{ note { id } }')).errors[0].message).toBe('query is not allowed')
    await call('PATCH', '/admin/v1/settings/graphql', { allowListEnabled: false })
    const actions = (await call('GET', '/admin/v1/audit?limit=20')).body.map(({ action }: { action: string }) => action)
    expect(actions).toEqual(expect.arrayContaining(['graphql.document.add', 'graphql.document.remove', 'settings.change']))
  })

  it('refuses what is no document with words that say so', async () => {
    const refused = await call('POST', '/admin/v1/graphql/documents', { document: '{' })
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'document_invalid' } } })
    expect((await call('DELETE', '/admin/v1/graphql/documents/x')).status).toBe(404)
  })
})

it('an owner has an operation explained as somebody, over both APIs', async () => {
  const sent = { query: { query: '{ note { id } }' }, user: { role: 'anon' } }
  for (const path of ['/graphql/v1/explain', '/admin/v1/graphql/explain']) {
    const [note] = (await call('POST', path, sent)).body
    expect(note).toMatchObject({
      field: 'note',
      sql: expect.stringContaining('"note"'),
      relations: [{ name: 'note', policies: [{ name: 'few' }] }],
    })
    expect(note.plan.join('\n')).toMatch(/Filter: \(id < 8\)/)
  }
  const refused = await call('POST', '/admin/v1/graphql/explain', { query: { query: '{ nope }' } })
  expect(refused).toMatchObject({ status: 400, body: { error: { code: 'explain_refused', message: expect.stringContaining('nope') } } })
})
