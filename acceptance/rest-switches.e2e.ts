// REST as it is when nothing is switched on, without an anonymous role, with a small page, and with its database gone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findInstalledPostgres, startThrowAwayCluster, type ThrowAwayCluster } from './rest/database/installed-postgres.ts'
import { startServer, type TestServer } from './server.ts'

const installed = findInstalledPostgres()
const reason = typeof installed === 'string' ? ` (left out: ${installed})` : ''
if (reason !== '') console.log(`REST with its database gone${reason}`)

let cluster: ThrowAwayCluster | undefined
let server: TestServer
beforeAll(async () => {
  if (typeof installed !== 'string') cluster = await startThrowAwayCluster(installed)
  server = await startServer({
    environment: {
      PLINTH_API_ANON_ROLE: '',
      PLINTH_API_MAX_ROWS: '2',
      PLINTH_API_AGGREGATES: 'false',
      ...(cluster === undefined ? {} : { PLINTH_DATABASE_URL: cluster.url }),
    },
  })
  await server.plinth('sql', '-c', 'create table things (id int primary key); insert into things select generate_series(1, 5)')
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await cluster?.stop()
})

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body?: string) {
  const keys = { apikey: server.serviceKey, authorization: `Bearer ${server.serviceKey}` }
  const response = await fetch(`${server.url}/rest/v1${path}`, { method, headers: { ...keys, ...headers }, body })
  const text = await response.text()
  // eslint-disable-next-line typescript/no-explicit-any -- a test reads any answer
  const json: any = text === '' ? null : JSON.parse(text)
  return { status: response.status, headers: response.headers, json }
}

describe('REST with its switches off', () => {
  it('refuses requests without a token', async () => {
    const response = await fetch(`${server.url}/rest/v1/things`)
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await response.json()).toEqual({ code: 'PGRST302', details: null, hint: null, message: 'Anonymous access is disabled' })
  })

  it('refuses aggregates', async () => {
    const { status, json } = await ask('/things?select=count()')
    expect([status, json]).toEqual([
      400,
      { code: 'PGRST123', details: null, hint: null, message: 'Use of aggregate functions is not allowed' },
    ])
  })

  it('has no plans', async () => {
    const { status, json } = await ask('/things', { accept: 'application/vnd.pgrst.plan+json' })
    expect([status, json.code]).toEqual([406, 'PGRST107'])
  })

  it('does not let a request choose how its transaction ends', async () => {
    const headers = { prefer: 'tx=rollback,return=representation', 'content-type': 'application/json' }
    const written = await ask('/things', headers, 'POST', '{"id":6}')
    expect([written.status, written.headers.get('preference-applied')]).toEqual([201, 'return=representation'])
    expect((await ask('/things?id=eq.6')).json).toEqual([{ id: 6 }])
    await ask('/things?id=eq.6', {}, 'DELETE')
  })

  it('answers with at most PLINTH_API_MAX_ROWS rows, and says how many there are', async () => {
    const answer = await ask('/things?order=id', { prefer: 'count=exact' })
    expect([answer.status, answer.json, answer.headers.get('content-range')]).toEqual([206, [{ id: 1 }, { id: 2 }], '0-1/5'])
    expect((await ask('/things?order=id&limit=9')).json).toHaveLength(2)
  })

  it('names the only exposed schema', async () => {
    const { json } = await ask('/things', { 'accept-profile': 'auth' })
    expect(json).toMatchObject({ code: 'PGRST106', hint: 'Only the following schemas are exposed: public' })
    expect((await ask('/things')).headers.get('content-profile')).toBeNull()
  })
})

describe('REST with its database gone', () => {
  it.skipIf(typeof installed === 'string')(`answers 503 in its own words${reason}`, async () => {
    await cluster!.stop()
    cluster = undefined
    const { status, json, headers } = await ask('/things')
    expect([status, json.code, json.message]).toEqual([503, 'PGRST000', 'Database connection error.'])
    expect(headers.get('proxy-status')).toBe('PostgREST; error=PGRST000')
  })
})
