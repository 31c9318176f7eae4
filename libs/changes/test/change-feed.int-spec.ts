import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '#libs/kernel'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { ChangeFeed, type ChangeFeedOptions } from '../src/feed/change-feed.ts'
import type { RowChange } from '../src/feed/row-change.ts'

const log = createLogger({ level: 'silent', pretty: false })

/** Collects a feed's changes of one table; `until` waits for a change, so no test sleeps. */
function collect(feed: ChangeFeed) {
  const seen: RowChange[] = []
  let wake: () => void = () => undefined
  feed.onChange((change) => {
    seen.push(change)
    wake()
  })
  return {
    seen,
    ids: () => seen.map((change) => `${change.type} ${change.new?.id ?? change.old?.id ?? change.key?.id ?? ''}`.trim()),
    async until(isLast: (change: RowChange) => boolean): Promise<RowChange> {
      for (;;) {
        const found = seen.find(isLast)
        if (found !== undefined) return found
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}

describe('the change feed', () => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(`
      CREATE TABLE note (id int PRIMARY KEY, body text);
      CREATE TABLE whole (id int PRIMARY KEY, body text, big text);
      ALTER TABLE whole REPLICA IDENTITY FULL;
      ALTER TABLE whole ALTER COLUMN big SET STORAGE EXTERNAL;
      CREATE PUBLICATION plinth FOR TABLE note, whole WITH (publish_via_partition_root = true)`)
  })
  afterAll(() => db?.dispose())

  let feeds: ChangeFeed[] = []
  afterEach(async () => {
    for (const feed of feeds) await feed.stop()
    feeds = []
  })

  /** A running feed, up to date, and what comes out of it from now on. */
  async function open(options: Partial<ChangeFeedOptions> = {}) {
    const feed = new ChangeFeed({ replicationUrl: db.urls.replication, ...options }, db.platform, log)
    feeds.push(feed)
    feed.start()
    await feed.ready(10_000)
    return { feed, collected: collect(feed) }
  }

  it('passes rows on in commit order with growing cursors, old rows, unchanged large values and truncates', async () => {
    const { feed, collected } = await open()
    await db.sql(`INSERT INTO note VALUES (1, 'one'), (2, NULL)`)
    await db.sql(`UPDATE note SET body = 'uno' WHERE id = 1`)
    await db.sql(`UPDATE note SET id = 3 WHERE id = 2`)
    await db.sql(`DELETE FROM note WHERE id = 1`)
    await db.sql(`INSERT INTO whole VALUES (1, 'a', repeat('x', 20000))`)
    await db.sql(`UPDATE whole SET body = 'b'`)
    await db.sql(`DELETE FROM whole`)
    await db.sql(`TRUNCATE note`)
    await collected.until((change) => change.type === 'truncate')
    const rows = collected.seen.map(({ type, relation, new: after, old, key }) => [type, relation.name, after, old, key])
    const big = 'x'.repeat(20000)
    expect(rows).toEqual([
      ['insert', 'note', { id: '1', body: 'one' }, null, null],
      ['insert', 'note', { id: '2', body: null }, null, null],
      ['update', 'note', { id: '1', body: 'uno' }, null, null],
      ['update', 'note', { id: '3', body: null }, null, { id: '2' }],
      ['delete', 'note', null, null, { id: '1' }],
      ['insert', 'whole', { id: '1', body: 'a', big }, null, null],
      ['update', 'whole', { id: '1', body: 'b', big }, { id: '1', body: 'a', big }, null],
      ['delete', 'whole', null, { id: '1', body: 'b', big }, null],
      ['truncate', 'note', null, null, null],
    ])
    const [first, second, third] = collected.seen
    expect(first!.position.lsn).toBe(second!.position.lsn)
    expect([first!.position.seq, second!.position.seq, third!.position.seq]).toEqual([0, 1, 0])
    expect(third!.position.lsn).toBeGreaterThan(second!.position.lsn)
    expect(Math.abs(Date.now() - first!.commitTimeMs)).toBeLessThan(60_000)
    await feed.measureLag()
    expect(feed.status()).toMatchObject({ connected: true, changes: 9, lagBytes: expect.any(Number), retainedBytes: expect.any(Number) })
    await feed.stop()
    expect(feed.status().connected).toBe(false)
  })

  it('hears of DDL through the log', async () => {
    const { feed } = await open()
    const heard = new Promise<void>((resolve) => void feed.onDdl(resolve))
    await db.sql('CREATE TABLE heard (id int)')
    await heard
  })

  it('loses nothing and repeats nothing when its connection is cut while rows are written', async () => {
    await db.sql('TRUNCATE note, whole')
    const { feed, collected } = await open()
    for (let id = 1; id <= 300; id++) {
      await db.sql('INSERT INTO note VALUES ($1, $2)', [id, 'x'])
      if (id % 75 === 0)
        await db.superuserSql('SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = current_database()')
    }
    await collected.until((change) => change.new?.id === '300')
    expect(collected.ids()).toEqual(Array.from({ length: 300 }, (_, at) => `insert ${at + 1}`))
    expect(feed.status().reconnects).toBeGreaterThan(0)
  })

  it('replays what a cursor has missed, also after a restart of the server, because the slot is confirmed late', async () => {
    await db.sql('TRUNCATE note, whole')
    const { feed: first, collected } = await open()
    await db.sql(`INSERT INTO note VALUES (1), (2), (3)`)
    const seen = await collected.until((change) => change.new?.id === '2')
    await collected.until((change) => change.new?.id === '3')
    await first.stop()
    await db.sql(`INSERT INTO note VALUES (4)`)

    const { feed: second } = await open()
    const replay = second.replayAfter(seen.cursor)
    expect(replay).toMatchObject({ kind: 'changes', changes: [{ new: { id: '3' } }, { new: { id: '4' } }] })
  })

  it('says resync for a cursor of another epoch, of the future, or older than what is kept', async () => {
    await db.sql('TRUNCATE note, whole')
    const { feed, collected } = await open({ replayBytesMax: 2_000 })
    const start = feed.cursor
    const { epoch } = feed.status()
    await db.sql(`INSERT INTO note SELECT n, repeat('x', 100) FROM generate_series(1, 20) AS n`)
    await collected.until((change) => change.new?.id === '20')
    expect(feed.replayAfter(start)).toEqual({ kind: 'resync', reason: 'gap' })
    expect(feed.replayAfter(`${epoch}:FFFFFFFF/0:0`)).toEqual({ kind: 'resync', reason: 'gap' })
    expect(feed.replayAfter(start.replace(epoch!, 'abc'))).toEqual({ kind: 'resync', reason: 'epoch_changed' })
    expect(feed.replayAfter('nonsense')).toEqual({ kind: 'resync', reason: 'epoch_changed' })
    expect(feed.status().replayBytes).toBeLessThanOrEqual(2_000)
  })

  it('begins a new epoch and says so when its slot was dropped', async () => {
    const { feed } = await open()
    const before = feed.status().epoch
    const reset = new Promise<void>((resolve) => void feed.onReset(resolve))
    await db.superuserSql(`SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = current_database()`)
    await dropSlotsAsSuperuser(db)
    await reset
    await feed.ready(10_000)
    expect(feed.status().epoch).not.toBe(before)
  })

  it('tells of a row that is too large only that its table has changed, and goes on behind it', async () => {
    const { collected } = await open()
    await db.sql(`INSERT INTO note VALUES (900, 'before')`)
    await db.sql(`INSERT INTO note VALUES (901, repeat('x', 3 * 1024 * 1024))`)
    await db.sql(`UPDATE note SET body = repeat('y', 3 * 1024 * 1024) WHERE id = 901`)
    await db.sql(`INSERT INTO note VALUES (902, 'after')`)
    await collected.until((change) => change.new?.id === '902')
    expect(collected.ids()).toEqual(['insert 900', 'truncate', 'truncate', 'insert 902'])
    expect(collected.seen.map((change) => change.relation.name)).toEqual(['note', 'note', 'note', 'note'])
    expect(new Set(collected.seen.map((change) => change.cursor)).size).toBe(4)
    await db.sql('DELETE FROM note WHERE id >= 900')
  })
})

async function dropSlotsAsSuperuser(db: TestDatabase): Promise<void> {
  for (;;) {
    try {
      await db.superuserSql(`
        SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = current_database() AND active_pid IS NOT NULL;
        SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()`)
      return
    } catch {
      // Still held by the reader that was just ended, or taken again by it.
    }
  }
}
