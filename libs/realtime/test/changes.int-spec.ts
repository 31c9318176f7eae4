import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { startServer, tokenOf, type Client, type RealtimeServer } from './server.ts'

const ann = '00000000-0000-0000-0000-00000000000a'
const bob = '00000000-0000-0000-0000-00000000000b'

const schema = `
  CREATE TABLE note (id int PRIMARY KEY, owner uuid, body text, secret text);
  ALTER TABLE note ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON note FOR SELECT TO authenticated USING (owner = auth.uid());
  GRANT SELECT (id, owner, body) ON note TO authenticated;
  CREATE TABLE board (id int PRIMARY KEY, topic text, n numeric);
  GRANT SELECT ON board TO anon, authenticated;
  CREATE TABLE closed (id int PRIMARY KEY);
  CREATE TABLE keyless (id int, body text);
  GRANT SELECT ON keyless TO anon;
  CREATE VIEW board_view WITH (security_invoker = on) AS SELECT * FROM board;
  GRANT SELECT ON board_view TO anon`

describe('live changes', () => {
  let db: TestDatabase
  let server: RealtimeServer
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(schema)
    server = await startServer(db)
  })
  afterAll(async () => {
    await server?.stop()
    await db?.dispose()
  })

  let sentinel = 1000
  /** Writes a row that every listener to `board` sees, and waits until all of them have: whatever came before has arrived. */
  async function settle(...clients: readonly Client[]): Promise<void> {
    const id = ++sentinel
    await db.sql(`INSERT INTO board VALUES ($1, 'sentinel')`, [id])
    for (const client of clients) await client.until('change', (change) => change.table === 'board' && change.record?.id === id)
  }

  it('reach who may see the row within a second, and nobody else', async () => {
    const [seer, stranger] = [server.client(tokenOf(ann)), server.client(tokenOf(bob))]
    for (const client of [seer, stranger]) {
      expect(await client.join('notes', [{ table: 'note' }, { table: 'board' }])).toMatchObject({
        ok: true,
        changes: [{ id: 1 }, { id: 2 }],
      })
    }
    const sentAt = Date.now()
    await db.sql(`INSERT INTO note VALUES (1, $1, 'hello', 'hidden')`, [ann])
    const change = await seer.until('change')
    expect(Date.now() - sentAt).toBeLessThan(1_000)
    expect(change).toEqual({
      channel: 'notes',
      ids: [1],
      cursor: expect.stringMatching(/^[0-9a-f]{10}:[0-9A-F]+\/[0-9A-F]+:0$/),
      schema: 'public',
      table: 'note',
      type: 'insert',
      commitTimestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      record: { id: 1, owner: ann, body: 'hello' },
      old: null,
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'owner', type: 'uuid' },
        { name: 'body', type: 'text' },
      ],
    })
    await settle(seer, stranger)
    expect(stranger.received.filter(({ message }) => message.table === 'note')).toEqual([])
    expect(JSON.stringify(seer.received)).not.toContain('hidden')
  })

  it('of a row that enters or leaves a view arrive as insert and delete, a delete carries only the key, and is filtered too', async () => {
    const [seer, other] = [server.client(tokenOf(ann)), server.client(tokenOf(bob))]
    for (const client of [seer, other]) await client.join('notes', [{ table: 'note' }, { table: 'board' }])
    await db.sql(`INSERT INTO note VALUES (2, $1, 'a')`, [ann])
    await db.sql(`UPDATE note SET body = 'b' WHERE id = 2`)
    await db.sql(`UPDATE note SET owner = $1 WHERE id = 2`, [bob])
    await db.sql(`DELETE FROM note WHERE id = 2`)
    await settle(seer, other)
    const of = (client: Client) => client.changes().filter((text) => text.endsWith(' 2'))
    expect(of(seer)).toEqual(['insert 2', 'update 2', 'delete 2'])
    expect(of(other)).toEqual(['insert 2', 'delete 2'])
    const left = await seer.until('change', (change) => change.type === 'delete')
    expect(left).toMatchObject({ record: null, old: { id: 2 }, columns: [{ name: 'id', type: 'integer' }] })
  })

  it('are judged by the row as it was, also when it was changed or deleted at once', async () => {
    const [seer, other] = [server.client(tokenOf(ann)), server.client(tokenOf(bob))]
    for (const client of [seer, other]) await client.join('notes', [{ table: 'note' }, { table: 'board' }])
    await db.sql(
      `BEGIN; INSERT INTO note VALUES (3, '${ann}', 'x'); UPDATE note SET owner = '${bob}', body = 'y' WHERE id = 3; DELETE FROM note WHERE id = 3; COMMIT`,
    )
    await settle(seer, other)
    const of = (client: Client) =>
      client.received
        .filter(({ event, message }) => event === 'change' && message.table === 'note')
        .map(({ message }) => [message.type, message.record?.body ?? null])
    expect(of(seer)).toEqual([
      ['insert', 'x'],
      ['delete', null],
    ])
    expect(of(other)).toEqual([
      ['insert', 'y'],
      ['delete', null],
    ])
  })

  it('pass an equality filter, and rows that enter or leave it are insert and delete', async () => {
    const client = server.client()
    const joined = await client.join('board', [
      { table: 'board', filter: { column: 'topic', value: 'news' } },
      { table: 'board', event: 'delete' },
      { table: 'board', filter: { column: 'n', value: 1.5 } },
      { table: 'board', event: 'insert', filter: { column: 'topic', value: 'sentinel' } },
      { table: 'board', filter: { column: 'topic', value: null } },
    ])
    expect(joined.changes).toEqual([1, 2, 3, 4, 5].map((id) => ({ id })))
    await db.sql(`INSERT INTO board VALUES (1, 'news', 2), (2, 'other', 1.50)`)
    await db.sql(`UPDATE board SET topic = 'old' WHERE id = 1`)
    await db.sql(`UPDATE board SET topic = 'news' WHERE id = 2`)
    await db.sql(`UPDATE board SET topic = NULL WHERE id = 2`)
    await db.sql(`DELETE FROM board WHERE id IN (1, 2)`)
    await settle(client)
    const seen = client.received.filter(({ event, message }) => event === 'change' && (message.record ?? message.old).id < 10)
    expect(seen.map(({ message }) => [message.type, (message.record ?? message.old).id, message.ids])).toEqual([
      ['insert', 1, [1]],
      ['insert', 2, [3]],
      ['delete', 1, [1]],
      ['update', 2, [3]],
      ['insert', 2, [1]],
      ['delete', 2, [1]],
      ['update', 2, [3]],
      ['insert', 2, [5]],
      ['delete', 1, [2]],
      ['delete', 2, [2, 3, 5]],
    ])
    expect(new Set(seen.map(({ message }) => message.cursor)).size).toBe(seen.length)
  })

  it('are refused with the reason to who has no right, and for what does not exist or cannot be followed', async () => {
    const client = server.client()
    const codeOf = async (...bindings: Parameters<Client['join']>[1]) => (await client.join('x', bindings)).error?.code
    expect(await codeOf({ table: 'closed' })).toBe('not_found')
    expect(await codeOf({ table: 'nowhere' })).toBe('not_found')
    expect(await codeOf({ schema: 'auth', table: 'users' })).toBe('not_found')
    expect(await codeOf({ table: 'note' })).toBe('not_found')
    expect(await codeOf({ table: 'board', filter: { column: 'nope', value: 1 } })).toBe('unknown_column')
    expect(await codeOf({ table: 'board', filter: { column: 'id', value: 'seven' } })).toBe('bad_request')
    expect(await codeOf({ table: 'board_view' })).toBe('not_published')
    expect(await codeOf({ table: 'board' }, { table: 'closed' })).toBe('not_found')
    expect(await codeOf({ table: 'board', event: 'explode' })).toBe('bad_request')
    const user = server.client(tokenOf(ann))
    expect((await user.join('x', [{ table: 'note', filter: { column: 'secret', value: 'hidden' } }])).error.code).toBe('unknown_column')
    expect(await client.send('leave', { channel: 'x' })).toMatchObject({ ok: false, error: { code: 'not_joined' } })
  })

  it('of a table without a primary key can be followed, and the table stays writable', async () => {
    const client = server.client()
    await client.join('k', [{ table: 'keyless' }])
    await db.sql(`INSERT INTO keyless VALUES (1, 'a')`)
    await db.sql(`UPDATE keyless SET body = 'b'`)
    await db.sql(`DELETE FROM keyless`)
    expect(await client.until('change', (change) => change.type === 'delete')).toMatchObject({ old: { id: 1, body: 'b' } })
  })

  it('come again from the cursor after a lost line, none twice', async () => {
    const first = server.client(tokenOf(ann))
    await first.join('n', [{ table: 'note' }])
    await db.sql(`INSERT INTO note VALUES (20, $1), (21, $1), (22, $2)`, [ann, bob])
    const { cursor } = await first.until('change', (change) => change.record.id === 20)
    first.socket.disconnect()
    await db.sql(`INSERT INTO note VALUES (23, $1)`, [ann])
    const second = server.client(tokenOf(ann))
    expect(await second.join('n', [{ table: 'note' }, { table: 'board' }], { cursor })).toMatchObject({ ok: true })
    await db.sql(`INSERT INTO note VALUES (24, $1)`, [ann])
    await settle(second)
    expect(second.changes().filter((text) => !text.includes('10'))).toEqual(['insert 21', 'insert 23', 'insert 24'])
    expect(second.received.some(({ event }) => event === 'resync')).toBe(false)
  })

  it('say resync when the cursor is unknown', async () => {
    const client = server.client()
    await client.join('b', [{ table: 'board' }], { cursor: 'abc:0/1:0' })
    expect(await client.until('resync')).toMatchObject({ channel: 'b', reason: 'epoch_changed', cursor: server.feed.cursor })
  })

  it('are all there, once and in order, after Postgres cut the connection under running writes', async () => {
    const client = server.client()
    await client.join('b', [{ table: 'board', filter: { column: 'topic', value: 'flow' } }, { table: 'board' }])
    for (let id = 101; id <= 220; id++) {
      await db.sql(`INSERT INTO board VALUES ($1, 'flow')`, [id])
      if (id === 140 || id === 180)
        await db.superuserSql('SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = current_database()')
    }
    await settle(client)
    const seen = client.received
      .filter(({ event, message }) => event === 'change' && message.record.topic === 'flow')
      .map(({ message }) => message.record.id)
    expect(seen).toEqual(Array.from({ length: 120 }, (_, at) => 101 + at))
  })

  it('stop at once when the right is taken away, and the subscriber is told', async () => {
    const client = server.client(tokenOf(ann))
    await client.join('n', [{ table: 'note' }])
    await db.sql('REVOKE SELECT ON note FROM authenticated; REVOKE SELECT (id, owner, body) ON note FROM authenticated')
    expect(await client.until('system')).toMatchObject({ channel: 'n', code: 'channel_closed' })
    await db.sql('GRANT SELECT (id, owner, body) ON note TO authenticated')
  })

  it('follow a changed policy, and the subscriber is told to read again', async () => {
    const client = server.client(tokenOf(ann))
    await client.join('n', [{ table: 'note' }, { table: 'board' }])
    await db.sql(`ALTER POLICY own ON note USING (body = 'public')`)
    expect(await client.until('resync')).toMatchObject({ reason: 'rights_changed' })
    await db.sql(`INSERT INTO note VALUES (30, $1, 'mine'), (31, $2, 'public')`, [ann, bob])
    await settle(client)
    expect(client.changes().filter((text) => / 3\d$/.test(text))).toEqual(['insert 31'])
    await db.sql(`ALTER POLICY own ON note USING (owner = auth.uid())`)
  })

  it('survive a restart of the server: a client with its cursor misses nothing', async () => {
    const before = await startServerBeside()
    const client = before.client()
    await client.join('b', [{ table: 'board' }])
    await db.sql(`INSERT INTO board VALUES (300, 'x')`)
    const { cursor } = await client.until('change', (change) => change.record.id === 300)
    await before.stop()
    await db.sql(`INSERT INTO board VALUES (301, 'x')`)
    server = await startServer(db)
    const again = server.client()
    await again.join('b', [{ table: 'board' }], { cursor })
    await again.until('change', (change) => change.record.id === 301)
    expect(again.changes()).toEqual(['insert 301'])
  })

  /** The slot has one reader: the common server hands it over. */
  async function startServerBeside(): Promise<RealtimeServer> {
    await server.stop()
    return startServer(db)
  }
})
