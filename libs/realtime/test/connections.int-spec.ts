import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { RealtimeStats } from '../src/index.ts'
import { anonKey, serviceKey, startServer, tokenOf, type RealtimeServer } from './server.ts'

const ann = '00000000-0000-0000-0000-00000000000a'
const bob = '00000000-0000-0000-0000-00000000000b'

describe('a connection', () => {
  let db: TestDatabase
  let server: RealtimeServer
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(`
      CREATE TABLE note (id int PRIMARY KEY, owner uuid);
      ALTER TABLE note ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON note FOR SELECT TO authenticated USING (owner = auth.uid());
      GRANT SELECT ON note TO authenticated;
      CREATE TABLE board (id int PRIMARY KEY, body text);
      GRANT SELECT ON board TO anon, authenticated`)
    server = await startServer(db, { realtime: { expiryGraceMs: 300, connectionsMax: 200, waitingBytesMax: 200_000 } })
  })
  afterAll(async () => {
    await server?.stop()
    await db?.dispose()
  })

  it('is refused with a code that tells the client what to do', async () => {
    const codeOf = async (auth: object) => (await server.client(undefined, auth).until('refused')).data?.code
    expect(await codeOf({})).toBe('invalid_key')
    expect(await codeOf({ apikey: 'nonsense' })).toBe('invalid_key')
    expect(await codeOf({ apikey: anonKey, token: 'nonsense' })).toBe('invalid_token')
    expect(await codeOf({ apikey: anonKey, token: tokenOf(ann, {}, -60) })).toBe('token_expired')
    expect(await codeOf({ apikey: anonKey, token: tokenOf(ann, { role: 'postgres' }) })).toBe('invalid_token')
    expect(await codeOf({ apikey: anonKey, protocol: 2 })).toBe('protocol_unsupported')
    expect(await codeOf({ apikey: { $gt: '' } })).toBe('invalid_key')
  })

  it('with the service key sees every row', async () => {
    const client = server.client(undefined, { apikey: serviceKey, protocol: 1 })
    expect(await client.join('n', [{ table: 'note' }])).toMatchObject({ ok: true })
    await db.sql('INSERT INTO note VALUES (1, $1)', [bob])
    expect(await client.until('change')).toMatchObject({ record: { id: 1, owner: bob } })
  })

  it('is told that its token has expired, hears nothing more, and is closed', async () => {
    const client = server.client(tokenOf(ann, {}, 1))
    await client.join('n', [{ table: 'note' }])
    await client.until('system', ({ code }) => code === 'token_expired')
    await db.sql('INSERT INTO note VALUES (2, $1)', [ann])
    expect(await client.until('disconnected')).toEqual({ reason: 'io server disconnect' })
    expect(client.changes()).toEqual([])
  })

  it('goes on without a gap when a new token comes in time', async () => {
    const client = server.client(tokenOf(ann, {}, 1))
    await client.join('n', [{ table: 'note' }])
    await client.until('system', ({ code }) => code === 'token_expired')
    await db.sql('INSERT INTO note VALUES (3, $1)', [ann])
    expect(await client.send('token', { token: tokenOf(ann) })).toEqual({ ok: true })
    await db.sql('INSERT INTO note VALUES (4, $1)', [ann])
    await client.until('change', (change) => change.record.id === 4)
    expect(client.changes()).toEqual(['insert 3', 'insert 4'])
    expect(client.socket.connected).toBe(true)
  })

  it('changes its rights with its token, and keeps the old one when the new is bad', async () => {
    const client = server.client(tokenOf(ann))
    await client.join('n', [{ table: 'note' }])
    expect(await client.send('token', { token: 'bad' })).toMatchObject({ ok: false, error: { code: 'invalid_token' } })
    await db.sql('INSERT INTO note VALUES (5, $1)', [ann])
    await client.until('change', (change) => change.record.id === 5)
    expect(await client.send('token', { token: tokenOf(bob) })).toEqual({ ok: true })
    await db.sql('INSERT INTO note VALUES (6, $1), (7, $2)', [ann, bob])
    await client.until('change', (change) => change.record.id === 7)
    expect(client.changes()).toEqual(['insert 5', 'insert 7'])
    expect(await client.send('token', { token: null })).toEqual({ ok: true })
    expect(await client.until('system')).toMatchObject({ channel: 'n', code: 'channel_closed' })
  })

  it('is closed when its session is, and only then', async () => {
    const [ended, other] = [server.client(tokenOf(ann, { session_id: 's1' })), server.client(tokenOf(ann, { session_id: 's2' }))]
    await Promise.all([ended.connected(), other.connected()])
    await server.gateway.closeSession('s1')
    expect(await ended.until('system')).toMatchObject({ code: 'session_revoked' })
    expect(await ended.until('disconnected')).toEqual({ reason: 'io server disconnect' })
    expect(await other.send('leave', { channel: 'none' })).toMatchObject({ error: { code: 'not_joined' } })
  })

  it('hears broadcasts of its channel, its own only when it wants to, and of no other', async () => {
    const [a, b, self, elsewhere] = [server.client(), server.client(tokenOf(ann)), server.client(), server.client()]
    for (const client of [a, b]) expect(await client.join('room', [])).toEqual({ ok: true, changes: [], cursor: null })
    await self.join('room', [], { broadcast: { self: true, ack: true } })
    await elsewhere.join('other', [])
    expect(await a.send('broadcast', { channel: 'room', event: 'hi', payload: { n: 1 } })).toEqual({ ok: true })
    expect(await self.send('broadcast', { channel: 'room', event: 'last', payload: null })).toEqual({ ok: true })
    for (const client of [a, b, self]) await client.until('broadcast', ({ event }) => event === 'last')
    const heard = (client: typeof a) => client.received.filter(({ event }) => event === 'broadcast').map(({ message }) => message)
    const hi = { channel: 'room', event: 'hi', payload: { n: 1 } }
    const last = { channel: 'room', event: 'last', payload: null }
    expect([heard(a), heard(b), heard(self), heard(elsewhere)]).toEqual([[last], [hi, last], [hi, last], []])
    expect(await elsewhere.send('broadcast', { channel: 'room', event: 'x' })).toMatchObject({ error: { code: 'not_joined' } })
    await b.send('leave', { channel: 'room' })
    await a.send('broadcast', { channel: 'room', event: 'after', payload: 1 })
    await self.until('broadcast', ({ event }) => event === 'after')
    expect(heard(b)).toHaveLength(2)
  })

  it('may send so much and no more', async () => {
    const client = await server.client().connected()
    const answers = await Promise.all(Array.from({ length: 150 }, () => client.send('leave', { channel: 'x' })))
    const codes = answers.map((answer) => answer.error.code)
    expect(codes.slice(0, 100).every((code) => code === 'not_joined')).toBe(true)
    expect(codes).toContain('limit_exceeded')
    const joiner = await server.client().connected()
    const names = Array.from({ length: 100 }, (_, at) => `c${at}`)
    for (const name of names.slice(0, 60)) expect((await joiner.join(name, [])).ok).toBe(true)
    expect((await joiner.join('', [])).error.code).toBe('bad_request')
    expect((await joiner.join('x'.repeat(256), [])).error.code).toBe('bad_request')
    const many = Array.from({ length: 101 }, () => ({ table: 'board' }))
    expect((await joiner.join('many', many)).error.code).toBe('bad_request')
  })

  it('that sends a message over the limit, or goes on beyond all limits, is closed; the server stays up', async () => {
    const large = await server.client().connected()
    await large.join('room', [])
    large.socket.emit('broadcast', { channel: 'room', event: 'x', payload: 'x'.repeat(1_100_000) })
    await large.until('disconnected')
    const flood = await server.client().connected()
    for (let n = 0; n < 1_500; n++) flood.socket.emit('whatever', n)
    await flood.until('disconnected')
    expect(server.app.get(RealtimeStats).read().limited).toBeGreaterThan(1_000)
    expect(await (await server.client().connected()).send('leave', {})).toMatchObject({ error: { code: 'bad_request' } })
  })

  it('that does not read is closed instead of filling the memory', async () => {
    const before = server.app.get(RealtimeStats).read().slowConsumers
    const [sender, ...lazy] = [server.client(), server.client()]
    await sender.connected()
    for (const client of lazy) {
      await client.join('flow', [])
      // Below socket.io: the line stops reading.
      const { ws } = (client.socket.io.engine as unknown as { transport: { ws: { pause?: () => void; _socket?: { pause(): void } } } })
        .transport
      ws._socket!.pause()
    }
    await sender.join('flow', [])
    for (let n = 0; server.app.get(RealtimeStats).read().slowConsumers === before && n < 90; n++) {
      await sender.send('broadcast', { channel: 'flow', event: 'x', payload: 'x'.repeat(500_000) })
    }
    expect(server.app.get(RealtimeStats).read().slowConsumers).toBe(before + 1)
  })

  it('says goodbye when the server stops, and the server stops at once', async () => {
    const other = await createTestDatabase()
    const short = await startServer(other)
    const client = await short.client().connected()
    const idle = connect(short.port, '127.0.0.1')
    await new Promise((resolve) => idle.once('connect', resolve))
    const startedMs = Date.now()
    const stopped = short.app.close()
    expect(await client.until('system')).toMatchObject({ code: 'shutdown' })
    idle.destroy()
    await stopped
    expect(Date.now() - startedMs).toBeLessThan(3_000)
    await other.dispose()
  })
})

const hasRedis = spawnSync('redis-server', ['--version']).status === 0
if (!hasRedis) console.warn('realtime: broadcasts between nodes were left out, because redis-server is not installed')

describe.skipIf(!hasRedis)('two nodes with Redis', () => {
  let redis: ChildProcess
  const port = 20_000 + (process.pid % 20_000)
  beforeAll(() => {
    redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' })
  })
  afterAll(() => redis.kill('SIGKILL'))

  it('carry broadcasts and closed sessions to each other', async () => {
    await using db = await createTestDatabase()
    const nodes = [
      await startServer(db, { redisUrl: `redis://127.0.0.1:${port}` }),
      await startServer(db, { redisUrl: `redis://127.0.0.1:${port}` }),
    ] as const
    const [a, b] = [nodes[0].client(), nodes[1].client(tokenOf(ann, { session_id: 's' }))]
    await b.join('room', [])
    await a.join('room', [], { broadcast: { ack: true } })
    // The subscription to Redis may come up a moment after the node.
    await expect
      .poll(async () => {
        await a.send('broadcast', { channel: 'room', event: 'hi', payload: 1 })
        return b.received.some(({ event }) => event === 'broadcast')
      })
      .toBe(true)
    await nodes[0].gateway.closeSession('s')
    expect(await b.until('system')).toMatchObject({ code: 'session_revoked' })
    for (const node of nodes) await node.stop()
  })
})
