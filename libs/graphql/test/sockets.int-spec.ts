import { createClient as createEventClient } from 'graphql-sse'
import { SubscriptionClient } from 'subscriptions-transport-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { anonKey, startServer, type LiveServer, Told, tokenOf, userId } from './live-server.ts'

const script = `
  create table note (id int primary key, owner uuid not null default auth.uid(), body text not null);
  alter table note enable row level security;
  create policy own on note to authenticated using (owner = (select auth.uid())) with check (owner = (select auth.uid()));
  grant select, insert, update, delete on note to authenticated;
  create table notice (id int primary key, words text);
  grant select on notice to anon;
  insert into notice values (1, 'open');
  insert into note values (1, '${userId(1)}', 'one');
`

/** A bare socket that keeps what it hears. */
class Bare {
  readonly heard: any[] = []
  closed: { code: number; reason: string } | undefined
  private wake: (() => void)[] = []
  readonly socket: WebSocket

  constructor(url: string, protocol: string | string[] = 'graphql-transport-ws', headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, protocol, { headers })
    this.socket.on('message', (data) => this.note(() => this.heard.push(JSON.parse(String(data)))))
    this.socket.on('close', (code, reason) => this.note(() => (this.closed = { code, reason: String(reason) })))
    this.socket.on('error', () => undefined)
  }

  private note(change: () => void): void {
    change()
    for (const wake of this.wake.splice(0)) wake()
  }

  async opened(): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN) await new Promise((resolve) => this.socket.once('open', resolve))
    return this
  }

  send(...messages: (object | string)[]): this {
    for (const message of messages) this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
    return this
  }

  async until(holds: () => boolean): Promise<this> {
    while (!holds()) await new Promise<void>((resolve) => this.wake.push(resolve))
    return this
  }

  has(type: string): boolean {
    return this.heard.some((message) => message.type === type)
  }
}

describe('sockets and event streams', () => {
  let db: TestDatabase
  let server: LiveServer
  let ws: string
  const one = { authorization: `Bearer ${tokenOf(userId(1))}` }
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(script)
    server = await startServer(db, { graphql: { subscriptions: { initMsMax: 300, operationsPerSocketMax: 3, messageBytesMax: 5_000 } } })
    ws = `ws://127.0.0.1:${server.port}/graphql/v1`
  })
  afterAll(async () => {
    await server.stop()
    await db.dispose()
  })

  const init = { type: 'connection_init', payload: { headers: one } }
  const ready = async (protocol = 'graphql-transport-ws') => {
    const bare = await new Bare(ws, protocol).opened()
    return bare.send(init).until(() => bare.has('connection_ack'))
  }

  it('run queries and mutations over a socket, and a subscription hears of them', async () => {
    const client = server.client(tokenOf(userId(1)))
    const live = await new Told(client, 'subscription { note(order_by: {id: asc}) { body } }').untilData({ note: [{ body: 'one' }] })
    const write = new Told(client, 'mutation { insert_note_one(object: {id: 2, body: "two"}) { id } }')
    await write.until((told) => told.isComplete)
    expect(write.last).toEqual({ insert_note_one: { id: 2 } })
    await live.untilData({ note: [{ body: 'one' }, { body: 'two' }] })
    const read = await new Told(client, '{ note_aggregate { aggregate { count } } }').until((told) => told.isComplete)
    expect(read.last).toEqual({ note_aggregate: { aggregate: { count: 2 } } })
    await db.sql('delete from note where id = 2')
  })

  it('speak the older protocol with its own client', async () => {
    const client = new SubscriptionClient(ws, { connectionParams: { headers: { Authorization: one.authorization } } }, WebSocket)
    const told: any[] = []
    let wake = (): void => undefined
    client.request({ query: 'subscription { note { id body } }' }).subscribe({ next: (result) => (told.push(result), wake()) })
    while (told.length < 1) await new Promise<void>((resolve) => (wake = resolve))
    expect(told[0]).toEqual({ data: { note: [{ id: 1, body: 'one' }] } })
    await db.sql(`update note set body = 'uno'`)
    while (told.length < 2) await new Promise<void>((resolve) => (wake = resolve))
    expect(told[1]).toEqual({ data: { note: [{ id: 1, body: 'uno' }] } })
    const failed = await new Promise<any>((resolve) =>
      client.request({ query: '{ nothing }' }).subscribe({ next: resolve, error: resolve }),
    )
    expect(JSON.stringify(failed)).toContain("field 'nothing' not found in type: 'query_root'")
    client.close()
    await db.sql(`update note set body = 'one'`)
  })

  it('speak server-sent events with their own client', async () => {
    const client = createEventClient({ url: server.url, headers: one, retryAttempts: 0 })
    const seen: any[] = []
    for await (const result of client.iterate({ query: 'subscription { note { body } }' })) {
      seen.push(result)
      if (seen.length === 1) await db.sql(`update note set body = 'eins'`)
      if (seen.length === 2) break
    }
    expect(seen).toEqual([{ data: { note: [{ body: 'one' }] } }, { data: { note: [{ body: 'eins' }] } }])
    const answers: any[] = []
    for await (const result of client.iterate({ query: '{ note { body } }' })) answers.push(result)
    expect(answers).toEqual([{ data: { note: [{ body: 'eins' }] } }])
    const refused: any[] = []
    for await (const result of client.iterate({ query: 'subscription { nothing }' })) refused.push(result)
    expect(refused[0].errors[0].extensions.code).toBe('validation-failed')
    await db.sql(`update note set body = 'one'`)
    const get = await fetch(`${server.url}?query=${encodeURIComponent('{ notice { words } }')}&apikey=${anonKey}`, {
      headers: { accept: 'text/event-stream' },
    })
    expect(await get.text()).toContain('event: next\ndata: {"data":{"notice":[{"words":"open"}]}}\n\nevent: complete')
    const bad = await fetch(server.url, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: 'Bearer x.y.z' },
      body: '{"query":"{ notice { words } }"}',
    })
    expect(bad.status).toBe(401)
  })

  it('refuse a subscription where there is one answer only', async () => {
    const answer = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"subscription { notice { id } }"}',
    })
    expect(await answer.json()).toEqual({
      errors: [
        {
          message: 'subscriptions are not supported over HTTP, use websockets instead',
          extensions: { path: '$', code: 'unexpected-payload' },
        },
      ],
    })
  })

  it.each([
    ['headers in the payload', (ws0) => ws0, {}, { headers: { Authorization: 'TOKEN' } }, 'note'],
    ['the payload itself', (ws0) => ws0, {}, { authorization: 'TOKEN' }, 'note'],
    ['headers of the upgrade', (ws0) => ws0, { authorization: 'TOKEN' }, undefined, 'note'],
    ['an API key in the URL', (ws0) => `${ws0}?apikey=${anonKey}`, {}, undefined, 'notice'],
    ['an API key in the payload', (ws0) => ws0, {}, { apikey: anonKey }, 'notice'],
  ] as [string, (url: string) => string, Record<string, string>, object | undefined, string][])(
    'take credentials from %s',
    async (_name, url, headers, payload, table) => {
      const filled = (value: object): any => JSON.parse(JSON.stringify(value).replaceAll('TOKEN', one.authorization))
      const bare = await new Bare(url(ws), 'graphql-transport-ws', filled(headers)).opened()
      bare.send({ type: 'connection_init', ...(payload === undefined ? {} : { payload: filled(payload) }) })
      bare.send({ type: 'ping', payload: { a: 1 } })
      await bare.until(() => bare.has('connection_ack') && bare.has('pong'))
      bare.send({ type: 'subscribe', id: 'a', payload: { query: `{ ${table} { id } }` } })
      await bare.until(() => bare.has('complete'))
      expect(bare.heard.find(({ type }) => type === 'next')).toEqual({ type: 'next', id: 'a', payload: { data: { [table]: [{ id: 1 }] } } })
      expect(bare.heard.find(({ type }) => type === 'pong')).toEqual({ type: 'pong', payload: { a: 1 } })
      bare.socket.terminate()
    },
  )

  it('close with the codes of the protocol', async () => {
    const cases: [number, (bare: Bare) => unknown, string[]?][] = [
      [4408, () => undefined],
      [4403, (bare) => bare.send({ type: 'connection_init', payload: { headers: { authorization: 'Bearer x.y.z' } } })],
      [4400, (bare) => bare.send('no json')],
      [4400, (bare) => bare.send({ type: 'dance' })],
      [4400, (bare) => bare.send({ type: 'connection_init', payload: 3 })],
      [4401, (bare) => bare.send({ type: 'subscribe', id: '1', payload: { query: '{ note { id } }' } })],
      [4429, (bare) => bare.send(init, init)],
      [
        4409,
        (bare) =>
          void bare
            .send(init)
            .until(() => bare.has('connection_ack'))
            .then(() =>
              bare.send(
                ...Array.from({ length: 2 }, () => ({ type: 'subscribe', id: '1', payload: { query: 'subscription { note { id } }' } })),
              ),
            ),
      ],
      [1009, (bare) => bare.send({ type: 'connection_init', payload: { long: 'x'.repeat(6_000) } })],
      [4406, () => undefined, ['something-else']],
    ]
    for (const [code, act, protocols] of cases) {
      const bare = new Bare(ws, protocols)
      if (protocols === undefined) act(await bare.opened())
      await bare.until(() => bare.closed !== undefined)
      // A client closes by itself when the server takes none of its protocols.
      if (protocols === undefined) expect(bare.closed?.code).toBe(code)
      else expect(bare.heard).toEqual([])
    }
  })

  it('tell clients of the older protocol why', async () => {
    const bare = await new Bare(ws, []).opened()
    bare.send({ type: 'start', id: '1', payload: { query: '{ note { id } }' } }, 'no json')
    await bare.until(() => bare.has('connection_error'))
    expect(bare.heard[0]).toMatchObject({ type: 'error', id: '1', payload: { extensions: { code: 'unexpected-payload' } } })
    const refused = await new Bare(ws, 'graphql-ws').opened()
    refused.send({ type: 'connection_init', payload: { headers: { authorization: 'Bearer x.y.z' } } })
    await refused.until(() => refused.closed !== undefined)
    expect([refused.heard[0].type, refused.closed?.code]).toEqual(['connection_error', 4400])
    bare.socket.terminate()
  })

  it('stop telling when the client has heard enough, and take the id again', async () => {
    const bare = await ready()
    const subscribe = { type: 'subscribe', id: '1', payload: { query: 'subscription { note { body } }' } }
    await bare.send(subscribe).until(() => bare.has('next'))
    bare.send({ type: 'complete', id: '1' }, { ...subscribe, payload: { query: '{ notes: note { id } }' } })
    await bare.until(() => bare.has('complete'))
    expect(bare.heard.filter(({ type }) => type === 'next').map(({ payload }) => payload.data)).toEqual([
      { note: [{ body: 'one' }] },
      { notes: [{ id: 1 }] },
    ])
    bare.send({ type: 'subscribe', id: '1', payload: { query: '{ again: note { id } }' } })
    await bare.until(() => bare.heard.filter(({ type }) => type === 'complete').length === 2)
    bare.socket.terminate()
  })

  it('keep a socket within its number of operations', async () => {
    const bare = await ready()
    for (const id of ['1', '2', '3', '4']) bare.send({ type: 'subscribe', id, payload: { query: 'subscription { note { body } }' } })
    await bare.until(() => bare.has('error'))
    expect(bare.heard.find(({ type }) => type === 'error')).toMatchObject({ id: '4', payload: [{ extensions: { code: 'bad-request' } }] })
    bare.socket.terminate()
  })

  it('refuse what a subscription cannot be', async () => {
    const refusals: [string, string][] = [
      ['subscription { note { id } notice { id } }', "field 'notice' not found in type: 'subscription_root'"],
      ['subscription { a: note { id } b: note { id } }', 'subscriptions must select one top level field'],
      ['subscription { __schema { types { name } } }', "field '__schema' not found in type: 'subscription_root'"],
      ['subscription { note(where: {id: {_eq: "x"}}) { id } }', 'invalid input syntax for type integer: "x"'],
    ]
    for (const [query, message] of refusals) {
      const told = new Told(server.client(tokenOf(userId(1))), query)
      await told.until((all) => all.error !== undefined)
      expect(told.error).toMatchObject([{ message }])
    }
    const both = new Told(
      server.client(tokenOf(userId(1))),
      'subscription @_multiple_top_level_fields { a: note { id } b: note_by_pk(id: 1) { body } }',
    )
    await both.untilData({ a: [{ id: 1 }], b: { body: 'one' } })
  })

  it('end with the token', async () => {
    const bare = await new Bare(ws).opened()
    bare.send({ type: 'connection_init', payload: { headers: { authorization: `Bearer ${tokenOf(userId(1), {}, 1)}` } } })
    await bare.until(() => bare.closed !== undefined)
    expect(bare.closed?.code).toBe(4403)
  })

  it('end with the session', async () => {
    const bare = await new Bare(ws).opened()
    bare.send({ type: 'connection_init', payload: { headers: { authorization: `Bearer ${tokenOf(userId(1), { session_id: 's1' })}` } } })
    await bare.until(() => bare.has('connection_ack'))
    await server.connections.closeSession('s1')
    await bare.until(() => bare.closed !== undefined)
    expect(bare.closed?.code).toBe(4403)
  })

  it('speak to clients of Relay on its own path', async () => {
    const bare = await new Bare(`${ws}/relay`).opened()
    await bare.send(init).until(() => bare.has('connection_ack'))
    bare.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { note_connection { edges { node { body } } } }' } })
    await bare.until(() => bare.has('next'))
    await db.sql(`update note set body = 'another'`)
    await bare.until(() => bare.heard.filter(({ type }) => type === 'next').length === 2)
    expect(bare.heard.at(-1).payload).toEqual({ data: { note_connection: { edges: [{ node: { body: 'another' } }] } } })
    await db.sql(`update note set body = 'one'`)
    bare.socket.terminate()
  })

  it('leave other upgrades to socket.io', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/realtime/v1/socket.io/?EIO=4&transport=websocket`)
    const greeting = await new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))))
    expect(greeting.startsWith('0{')).toBe(true)
    socket.terminate()
  })

  it('admit so many sockets of one address, and say goodbye when the server goes', async () => {
    const small = await startServer(db, { changes: false, graphql: { subscriptions: { socketsPerAddressMax: 1 } } })
    const first = await new Bare(`ws://127.0.0.1:${small.port}/graphql/v1`).opened()
    const second = new Bare(`ws://127.0.0.1:${small.port}/graphql/v1`)
    await second.until(() => second.closed !== undefined)
    expect(second.closed?.code).toBe(1006)
    expect(small.stats.read()).toMatchObject({ sockets: 1, refused: 1 })
    const stopped = small.stop()
    await first.until(() => first.closed !== undefined)
    expect(first.closed?.code).toBe(1001)
    await stopped
  })
})
