// What functions of the database learn of a request holds for sockets and event streams too: nobody gets round the owner's
// pre-request function by asking over another transport.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient as createEventClient } from 'graphql-sse'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { type LiveServer, startServer, tokenOf, userId } from './live-server.ts'

const script = `
  create table thing (id int primary key, tenant text not null);
  insert into thing values (1, 'a'), (2, 'b');
  alter table thing enable row level security;
  create policy own on thing using (tenant = current_setting('request.headers')::json ->> 'x-tenant');
  grant select on thing to authenticated;
  create function pre() returns void language plpgsql as $$
    begin
      if (current_setting('request.headers')::json ->> 'x-version')::int < 3 then
        raise sqlstate 'PGRST' using message = '{"code": "OLD", "message": "Please update the app"}', detail = '{"status": 426, "headers": {}}';
      end if;
    end $$;
  grant execute on function pre() to authenticated`

const query = '{ thing { id } }'
const subscription = 'subscription { thing { id } }'

describe('the request of a socket or event stream', () => {
  let db: TestDatabase
  let server: LiveServer
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(script)
    server = await startServer(db, { graphql: { preRequest: 'public.pre' } })
  })
  afterAll(async () => {
    await server.stop()
    await db[Symbol.asyncDispose]()
  })

  const authorization = `Bearer ${tokenOf(userId(1))}`
  const overSocket = (headers: Record<string, string>) =>
    server.client(undefined, { connectionParams: { headers: { authorization, ...headers } } })
  const overEvents = (headers: Record<string, string>) =>
    createEventClient({ url: server.url, headers: { authorization, ...headers }, retryAttempts: 0 })

  /** The first answer, or the message of the refusal. */
  async function first(client: ReturnType<typeof overSocket> | ReturnType<typeof overEvents>, text: string): Promise<unknown> {
    try {
      for await (const { data, errors } of client.iterate({ query: text })) return errors?.[0]?.message ?? data
      return 'nothing'
    } catch (error) {
      return (error as { message: string }[])[0]?.message ?? (error as Error).message
    } finally {
      void client.dispose()
    }
  }

  describe.each([
    ['a socket', overSocket],
    ['an event stream', overEvents],
  ] as const)('over %s', (_name, open) => {
    it.each([query, subscription])('is refused by the pre-request function, in its words: %s', async (text) => {
      expect(await first(open({ 'x-version': '2', 'x-tenant': 'a' }), text)).toBe('Please update the app')
      expect(await first(open({ 'x-version': '3', 'x-tenant': 'a' }), text)).toEqual({ thing: [{ id: 1 }] })
    })

    it.each([query, subscription])('decides what a policy that reads its headers shows: %s', async (text) => {
      const answers = ['a', 'b', 'a', 'c'].map((tenant) => first(open({ 'x-version': '3', 'x-tenant': tenant }), text))
      expect(await Promise.all(answers)).toEqual([{ thing: [{ id: 1 }] }, { thing: [{ id: 2 }] }, { thing: [{ id: 1 }] }, { thing: [] }])
    })

    it('is the same one on every connection of the pool when it has no such header', async () => {
      const answers = await Promise.all(Array.from({ length: 12 }, () => first(open({}), query)))
      expect(new Set(answers.map((each) => JSON.stringify(each)))).toEqual(new Set(['{"thing":[]}']))
    })
  })

  it('over HTTP has the status that the function chose', async () => {
    const answer = await fetch(server.url, {
      method: 'POST',
      headers: { authorization, accept: 'application/graphql-response+json', 'content-type': 'application/json', 'x-version': '1' },
      body: JSON.stringify({ query }),
    })
    expect(answer.status).toBe(426)
    expect(await answer.json()).toEqual({
      errors: [{ message: 'Please update the app', extensions: { path: '$', code: 'postgres-error' } }],
    })
  })
})
