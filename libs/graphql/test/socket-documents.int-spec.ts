// Persisted documents and the allow-list over sockets and event streams.
import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { InProcessBus } from '#libs/bus'
import { createLogger } from '#libs/kernel'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { AllowList } from '../src/index.ts'
import { GraphqlEndpoint } from '../src/http/graphql-endpoint.ts'
import { withDefaults } from '../src/graphql.options.ts'
import { anonKey, type LiveServer, serviceKey, startServer } from './live-server.ts'

const script = `
  create table notice (id int primary key, words text);
  grant select, insert on notice to anon, service_role;
  insert into notice values (1, 'open');
`
const live = 'subscription S($id: Int!) { notice(where: {id: {_eq: $id}}) { words } }'
const read = 'query Q($id: Int!) { notice_by_pk(id: $id) { words } }'
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const persisted = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: hashOf(text) } })
const words = { notice: [{ words: 'open' }] }

/** What an operation was told. */
interface Told {
  readonly results: unknown[]
  error?: { message: string }
  complete?: boolean
}

/** One way in. `payload` is the operation as it stands in the message. */
interface Way {
  run(payload: object, apikey?: string): Promise<Told>
  close(): void
}

describe.each(['graphql-transport-ws', 'graphql-ws', 'events'])('over %s', (kind) => {
  let db: TestDatabase
  let server: LiveServer
  let way: Way
  let allowList: AllowList
  const allow = (allowListEnabled: boolean, more = {}) =>
    server.app.get(GraphqlEndpoint, { strict: false })['executor'].configure(withDefaults({ allowListEnabled, ...more }))
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(script)
    server = await startServer(db)
    allowList = server.app.get(AllowList, { strict: false })
    way = kind === 'events' ? events(server) : sockets(server, kind)
  })
  afterEach(async () => {
    allow(false)
    for (const { hash } of await allowList.list()) await allowList.remove(hash)
  })
  afterAll(async () => {
    way.close()
    await server.stop()
    await db.dispose()
  })

  it('a hash is unknown until its document came with it, for queries and for subscriptions', async () => {
    for (const [query, data] of [
      [live, words],
      [read, { notice_by_pk: { words: 'open' } }],
    ] as const) {
      const variables = { id: 1 }
      expect((await way.run({ extensions: persisted(query), variables })).error).toMatchObject({
        message: 'PersistedQueryNotFound',
        extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' },
      })
      expect((await way.run({ query, extensions: persisted(query), variables })).results[0]).toEqual({ data })
      expect((await way.run({ extensions: persisted(query), variables })).results[0]).toEqual({ data })
    }
    expect((await way.run({ query: '{ nope }', extensions: persisted('{ nope }') })).error?.message).toContain("'nope' not found")
    expect((await way.run({ extensions: persisted('{ nope }') })).error?.message).toBe('PersistedQueryNotFound')
    expect((await way.run({ query: live, extensions: persisted(read), variables: { id: 1 } })).error?.message).toBe(
      'The hash is not that of the document.',
    )
  })

  it('a subscription registered here is found over HTTP, and the other way round', async () => {
    const query = `${live} # again`
    await way.run({ query, extensions: persisted(query), variables: { id: 1 } })
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', apikey: anonKey },
      body: JSON.stringify({ extensions: persisted(query), variables: { id: 1 } }),
    })
    expect(((await response.json()) as { errors: { message: string }[] }).errors[0]!.message).toBe(
      'subscriptions are not supported over HTTP, use websockets instead',
    )
    const other = `${read} # again`
    const init = { method: 'POST', headers: { 'content-type': 'application/json', apikey: anonKey } }
    await fetch(server.url, { ...init, body: JSON.stringify({ query: other, extensions: persisted(other), variables: { id: 1 } }) })
    expect((await way.run({ extensions: persisted(other), variables: { id: 1 } })).results).toEqual([
      { data: { notice_by_pk: { words: 'open' } } },
    ])
  })

  it('with the allow-list on, only its documents run, by text, hash and name; service_role runs anything', async () => {
    await allowList.add({ document: live, name: 'live' })
    allow(true)
    const variables = { id: 1 }
    for (const sent of [{ query: live }, { documentId: 'live' }, { documentId: `sha256:${hashOf(live)}` }, { extensions: persisted(live) }])
      expect((await way.run({ ...sent, variables })).results[0], JSON.stringify(sent)).toEqual({ data: words })
    for (const sent of [
      { query: read },
      { query: read, extensions: persisted(read) },
      { query: 'subscription { notice { id } }', variables: {} },
    ])
      expect((await way.run({ variables, ...sent })).error?.message, JSON.stringify(sent)).toBe('query is not allowed')
    expect((await way.run({ query: 'subscription { notice { words } }' }, serviceKey)).results[0]).toEqual({ data: words })
    expect((await way.run({ documentId: 'nobody' })).error?.message).toBe('No document is known by this id.')
  })

  it('a subscription whose document is taken off the list ends, and so does one when the list is switched on', async () => {
    const { hash } = await allowList.add({ document: live })
    allow(true)
    const listed = way.run({ query: live, variables: { id: 1 }, untilEnd: true })
    await expect.poll(() => server.stats.subscriptions).toBe(1)
    await allowList.remove(hash)
    expect((await listed).error?.message).toBe('query is not allowed')
    allow(false)
    const open = way.run({ query: live, variables: { id: 1 }, untilEnd: true })
    await expect.poll(() => server.stats.subscriptions).toBe(1)
    allow(true)
    expect((await open).error?.message).toBe('query is not allowed')
    await expect.poll(() => server.stats.subscriptions).toBe(0)
  })
})

it('a change of the list on one node is seen by the others when it is made', async () => {
  const db = await createTestDatabase()
  const logger = createLogger({ level: 'silent', pretty: false })
  const bus = new InProcessBus(logger)
  const nodes = [new AllowList(db.platform, logger, bus), new AllowList(db.platform, logger, bus)] as const
  for (const node of nodes) await node.onModuleInit()
  const heard = () => new Promise<void>((resolve) => nodes[1].onChange(resolve))
  const added = heard()
  const { hash } = await nodes[0].add({ document: read, name: 'one' })
  await added
  expect([nodes[1].find('one'), nodes[1].allows(`${read} # x`, 100)]).toEqual([read, true])
  const removed = heard()
  await nodes[0].remove(hash)
  await removed
  expect([nodes[1].find('one'), nodes[1].allows(read, 100)]).toEqual([undefined, false])
  for (const node of nodes) await node.onModuleDestroy()
  await db.dispose()
})

function sockets(server: LiveServer, protocol: string): Way {
  const isOld = protocol === 'graphql-ws'
  const open: WebSocket[] = []
  return {
    run: (payload, apikey = anonKey) =>
      new Promise((resolve) => {
        const { untilEnd = false, ...operation } = payload as { untilEnd?: boolean }
        const told: Told = { results: [] }
        const socket = new WebSocket(server.url.replace('http', 'ws'), protocol)
        open.push(socket)
        const end = () => {
          socket.close()
          resolve(told)
        }
        socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { apikey } })))
        socket.on('message', (data) => {
          const message = JSON.parse(String(data))
          if (message.type === 'connection_ack')
            socket.send(JSON.stringify({ type: isOld ? 'start' : 'subscribe', id: '1', payload: operation }))
          else if (message.type === (isOld ? 'data' : 'next')) {
            told.results.push(message.payload)
            if (!untilEnd) end()
          } else if (message.type === 'error') {
            told.error = isOld ? message.payload : message.payload[0]
            end()
          }
        })
      }),
    close: () => open.forEach((socket) => socket.terminate()),
  }
}

function events(server: LiveServer): Way {
  const aborts: AbortController[] = []
  return {
    run: async (payload, apikey = anonKey) => {
      const { untilEnd = false, ...operation } = payload as { untilEnd?: boolean }
      const abort = new AbortController()
      aborts.push(abort)
      const headers = { 'content-type': 'application/json', accept: 'text/event-stream', apikey }
      const response = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify(operation), signal: abort.signal })
      const told: Told = { results: [] }
      const take = (body: any) => {
        if (body.errors === undefined) told.results.push(body)
        else told.error = body.errors[0]
      }
      if (!response.headers.get('content-type')!.includes('event-stream')) {
        take(await response.json())
        return told
      }
      let text = ''
      const decoder = new TextDecoder()
      for await (const chunk of response.body!) {
        text += decoder.decode(chunk as Uint8Array, { stream: true })
        const found = [...text.matchAll(/event: next\ndata: (.*)\n\n/g)]
        if (found.length > told.results.length) found.slice(told.results.length).forEach(([, body]) => take(JSON.parse(body!)))
        if (told.error !== undefined || (!untilEnd && told.results.length > 0)) break
      }
      abort.abort()
      return told
    },
    close: () => aborts.forEach((abort) => abort.abort()),
  }
}
