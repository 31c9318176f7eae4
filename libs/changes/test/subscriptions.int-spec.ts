// What tables can be followed, what following does to them, and what happens to who falls behind.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '#libs/kernel'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { ChangeFeed, ChangeSubscriptions, type ChangeBinding, type ChangeSink, type Viewer } from '../src/index.ts'

const log = createLogger({ level: 'silent', pretty: false })
const anon: Viewer = { role: 'anon', claimsJson: '{"role":"anon"}' }
const user: Viewer = { role: 'authenticated', claimsJson: '{"role":"authenticated","sub":"00000000-0000-0000-0000-00000000000a"}' }

/** A sink that keeps everything as short text; `until` waits for one of them. */
function listener() {
  const heard: string[] = []
  let wake: () => void = () => undefined
  const note = (text: string) => {
    heard.push(text)
    wake()
  }
  const sink: ChangeSink = {
    change: (payload) => note(`${payload.type} ${(payload.record ?? payload.old)?.id}`),
    resync: (reason) => note(`resync ${reason}`),
    closed: (code) => note(`closed ${code}`),
  }
  return {
    heard,
    sink,
    async until(text: string): Promise<void> {
      while (!heard.includes(text)) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}

describe('subscriptions', () => {
  let db: TestDatabase
  let feed: ChangeFeed
  let subscriptions: ChangeSubscriptions
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql('CREATE TABLE mark (id int PRIMARY KEY); GRANT SELECT ON mark TO anon, authenticated')
    feed = new ChangeFeed({ replicationUrl: db.urls.replication }, db.platform, log)
    subscriptions = new ChangeSubscriptions({ schemas: ['public'], queueChangesMax: 20 }, feed, db.request, db.platform, log)
    feed.start()
    await feed.ready(10_000)
  })
  afterAll(async () => {
    subscriptions?.close()
    await feed?.stop()
    await db?.dispose()
  })

  async function follow(viewer: Viewer, ...bindings: (Partial<ChangeBinding> & { table: string })[]) {
    const ear = listener()
    const opened = await subscriptions.open(
      { viewer, bindings: bindings.map((binding) => ({ event: '*', schema: 'public', ...binding })) },
      ear.sink,
    )
    opened.begin()
    return { ...ear, opened }
  }
  const identityOf = async (table: string) =>
    (await db.sql<{ relreplident: string }>('SELECT relreplident FROM pg_class WHERE relname = $1', [table]))[0]!.relreplident

  it('publish a table when it is first followed, with old rows only where they are needed', async () => {
    await db.sql(`
      CREATE TABLE plain (id int PRIMARY KEY, topic text);
      CREATE TABLE guarded (id int PRIMARY KEY);
      ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
      CREATE POLICY p ON guarded USING (id < 100);
      GRANT SELECT ON plain, guarded TO anon`)
    await follow(anon, { table: 'plain', filter: { column: 'id', value: 1 } })
    expect(await identityOf('plain')).toBe('d')
    await follow(anon, { table: 'guarded' })
    expect(await identityOf('guarded')).toBe('f')
    await follow(anon, { table: 'plain', filter: { column: 'topic', value: 'x' } })
    expect(await identityOf('plain')).toBe('f')
    const published = await db.sql<{ tablename: string }>(`SELECT tablename FROM pg_publication_tables WHERE pubname = 'plinth' ORDER BY 1`)
    expect(published.map((row) => row.tablename)).toEqual(['guarded', 'plain'])
  })

  it('leave a table writable whose old rows Postgres cannot log, tell so, and deny what cannot be judged', async ({ skip }) => {
    const [server] = await db.sql<{ version: number }>(`SELECT current_setting('server_version_num')::int AS version`)
    skip(server!.version < 180000, 'virtual generated columns are new in Postgres 18')
    await db.sql(`
      CREATE TABLE computed (id int PRIMARY KEY, n int, twice int GENERATED ALWAYS AS (n * 2) VIRTUAL);
      ALTER TABLE computed ENABLE ROW LEVEL SECURITY;
      CREATE POLICY p ON computed USING (twice > 10);
      CREATE TABLE hopeless (id int, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL);
      CREATE UNLOGGED TABLE volatile_one (id int PRIMARY KEY);
      GRANT SELECT ON computed, hopeless, volatile_one TO anon`)
    const { heard, until, opened } = await follow(anon, { table: 'computed' }, { table: 'mark' })
    expect(opened.notices).toEqual([expect.stringContaining('Deleted rows of public.computed')])
    await db.sql('INSERT INTO computed VALUES (1, 4), (2, 6)')
    await db.sql('UPDATE computed SET n = 7')
    await db.sql('DELETE FROM computed; INSERT INTO mark VALUES (1)')
    await until('insert 1')
    expect(heard).toEqual(['insert 2', 'update 1', 'update 2', 'insert 1'])
    await expect(follow(anon, { table: 'hopeless' })).rejects.toMatchObject({ code: 'not_published' })
    await expect(follow(anon, { table: 'volatile_one' })).rejects.toMatchObject({ code: 'not_published' })
    await db.sql('INSERT INTO hopeless VALUES (1); UPDATE hopeless SET id = 2; DELETE FROM hopeless')
  })

  it('say who can help when the table belongs to somebody else', async () => {
    await db.superuserSql('CREATE TABLE public.foreign_one (id int PRIMARY KEY); GRANT SELECT ON public.foreign_one TO anon')
    await expect(follow(anon, { table: 'foreign_one' })).rejects.toMatchObject({
      code: 'not_published',
      hint: `The table's owner can allow it with: ALTER PUBLICATION plinth ADD TABLE "public"."foreign_one";`,
    })
  })

  it('show a partitioned table as one, judged by its own policies', async () => {
    await db.sql(`
      CREATE TABLE parted (id int, kind text, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
      CREATE TABLE parted_a PARTITION OF parted FOR VALUES IN ('a');
      CREATE TABLE parted_b PARTITION OF parted FOR VALUES IN ('b');
      ALTER TABLE parted ENABLE ROW LEVEL SECURITY;
      CREATE POLICY p ON parted USING (kind = 'a');
      GRANT SELECT ON parted TO anon`)
    const { heard, until } = await follow(anon, { table: 'parted' }, { table: 'mark' })
    await db.sql(
      `INSERT INTO parted VALUES (1, 'a'), (2, 'b'); UPDATE parted SET id = 11 WHERE id = 1; DELETE FROM parted; INSERT INTO mark VALUES (2)`,
    )
    await until('insert 2')
    expect(heard).toEqual(['insert 1', 'update 11', 'delete 11', 'insert 2'])
  })

  it('tell a viewer whose policies are too slow to read again, and hold up nobody else', async () => {
    await db.sql(`
      CREATE TABLE slow (id int PRIMARY KEY);
      ALTER TABLE slow ENABLE ROW LEVEL SECURITY;
      CREATE POLICY fast ON slow FOR SELECT TO anon USING (true);
      CREATE POLICY lazy ON slow FOR SELECT TO authenticated USING (pg_sleep(0.2) IS NOT NULL);
      GRANT SELECT ON slow TO anon, authenticated`)
    const quick = await follow(anon, { table: 'slow' })
    const late = await follow(user, { table: 'slow' })
    for (let id = 1; id <= 60; id++) {
      await db.sql('INSERT INTO slow VALUES ($1)', [id])
      await quick.until(`insert ${id}`)
    }
    await late.until('resync overflow')
    expect(quick.heard).toEqual(Array.from({ length: 60 }, (_, at) => `insert ${at + 1}`))
    expect(subscriptions.stats().overflows).toBeGreaterThan(0)
    late.opened.close()
  })

  it('survive a truncate and a changed table with a call to read again', async () => {
    await db.sql('CREATE TABLE shape (id int PRIMARY KEY); GRANT SELECT ON shape TO anon')
    const { heard, until } = await follow(anon, { table: 'shape' })
    await db.sql('INSERT INTO shape VALUES (1)')
    await db.sql('TRUNCATE shape')
    await until('resync gap')
    await db.sql('ALTER TABLE shape ADD COLUMN extra text')
    await until('resync rights_changed')
    await db.sql(`INSERT INTO shape VALUES (2, 'x')`)
    await until('insert 2')
    await db.sql('DROP TABLE shape')
    await until('closed not_found')
    expect(heard[0]).toBe('insert 1')
  })

  it('are told to read again when the slot was lost', async () => {
    const { until } = await follow(anon, { table: 'mark' })
    for (let dropped = false; !dropped;) {
      dropped = await db
        .superuserSql(`
          SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = current_database() AND active_pid IS NOT NULL;
          SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()`)
        .then(
          () => true,
          () => false,
        )
    }
    await until('resync epoch_changed')
    await feed.ready(10_000)
    await db.sql('INSERT INTO mark VALUES (77)')
    await until('insert 77')
  })

  it('cost nothing when they are closed', async () => {
    const before = subscriptions.stats().subscriptions
    const { heard, opened } = await follow(user, { table: 'mark' })
    expect(subscriptions.stats().subscriptions).toBe(before + 1)
    opened.close()
    opened.close()
    expect(subscriptions.stats().subscriptions).toBe(before)
    const other = await follow(user, { table: 'mark' })
    await db.sql('INSERT INTO mark VALUES (99)')
    await other.until('insert 99')
    expect(heard).toEqual([])
  })
})
