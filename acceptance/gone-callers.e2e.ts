// Callers who go away while Postgres still works for them: what only reads is given up, what writes is brought to its end.
import { createClient } from 'graphql-ws'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
let database: pg.Client
let saidBefore: string
beforeAll(async () => {
  server = await startServer()
  database = new pg.Client({ connectionString: server.databaseUrl })
  await database.connect()
  await database.query(`
    create table notes (id int primary key, body text);
    alter table notes enable row level security;
    create policy everybody on notes using (true);
    grant select, insert on notes to anon, authenticated, service_role;
    create function nap(seconds float) returns float language plpgsql stable as
      $$ begin perform pg_advisory_xact_lock_shared(1), pg_sleep(seconds); return seconds; end $$;
    create function nap_first() returns trigger language plpgsql as $$ begin perform nap(1.5); return new; end $$;
    grant execute on function nap to anon, authenticated;
    create trigger slow before insert on notes for each row execute function nap_first();`)
  saidBefore = server.output()
})
afterAll(async () => {
  await database?.end()
  await server?.[Symbol.asyncDispose]()
})

/** How many requests Postgres works on: each holds a lock that everybody sees. */
async function running(): Promise<number> {
  const { rows } = await database.query<{ count: number }>(`select count(*)::int from pg_locks where locktype = 'advisory' and objid = 1`)
  return rows[0]!.count
}
const headers = () => ({ apikey: server.anonKey, authorization: `Bearer ${server.anonKey}`, 'content-type': 'application/json' })

const nap = { query: '{ nap(args: {seconds: 100}) }' }

/** Sends a request, waits until Postgres works on it, and hangs up. */
async function hangUp(path: string, init: RequestInit): Promise<void> {
  const caller = new AbortController()
  const answer = fetch(`${server.url}${path}`, { ...init, headers: headers(), signal: caller.signal }).catch((error: Error) => error.name)
  await expect.poll(running).toBe(1)
  caller.abort()
  expect(await answer).toBe('AbortError')
}

describe('a caller who goes away ends', () => {
  it.each([
    ['a read over REST', '/rest/v1/rpc/nap?seconds=100', { method: 'GET' }],
    ['a query over GraphQL', '/graphql/v1', { method: 'POST', body: JSON.stringify(nap) }],
    ['a batch of queries', '/graphql/v1', { method: 'POST', body: JSON.stringify(Array.from({ length: 3 }, () => nap)) }],
  ])('%s', async (_what, path, init) => {
    await hangUp(path, init)
    await expect.poll(running, { timeout: 5_000 }).toBe(0)
  })

  it('a query over a socket, by completing it', async () => {
    const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql/v1`, webSocketImpl: WebSocket })
    const heard: unknown[] = []
    const complete = client.subscribe(nap, {
      next: (value) => heard.push(value),
      error: (error) => heard.push(error),
      complete: () => undefined,
    })
    await expect.poll(running).toBe(1)
    complete()
    await expect.poll(running, { timeout: 5_000 }).toBe(0)
    expect(heard).toEqual([])
    await client.dispose()
  })
})

describe('a caller who goes away does not end', () => {
  it.each([
    ['an insert over REST', '/rest/v1/notes', { method: 'POST', body: JSON.stringify({ id: 1, body: 'x' }) }, 1],
    [
      'a mutation over GraphQL',
      '/graphql/v1',
      { method: 'POST', body: JSON.stringify({ query: 'mutation { insert_notes_one(object: {id: 2, body: "x"}) { id } }' }) },
      2,
    ],
  ] as const)('%s', async (_what, path, init, id) => {
    await hangUp(path, init)
    await expect.poll(running, { timeout: 5_000 }).toBe(0)
    expect((await database.query('select id from notes where id = $1', [id])).rows).toEqual([{ id }])
  })
})

it('the server answers others afterwards, and took none of it for a fault', async () => {
  const answer = await fetch(`${server.url}/rest/v1/notes?select=id&order=id`, { headers: headers() })
  expect(await answer.json()).toEqual([{ id: 1 }, { id: 2 }])
  expect(server.output()).toBe(saidBefore)
})
