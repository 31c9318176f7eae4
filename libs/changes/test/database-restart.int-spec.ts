// Postgres going down and coming back under a reading feed, on a server of the test's own.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '#libs/kernel'
import { openDatabase, type OpenedDatabase } from '#libs/postgres'
import { ChangeFeed } from '../src/feed/change-feed.ts'

const migrationsFolder = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

describe('a restart of Postgres', () => {
  let folder: string
  let database: OpenedDatabase
  let feed: ChangeFeed
  const seen: string[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-changes-'))
    await chmod(folder, 0o711)
    const secrets = new Map<string, string>()
    const secret = async (name: string, make: () => string) => secrets.get(name) ?? secrets.set(name, make()).get(name)!
    database = await openDatabase({ embedded: { directory: join(folder, 'postgres') }, secret, migrationsFolder })
    await database.platform.query('CREATE TABLE note (id int PRIMARY KEY); CREATE PUBLICATION plinth FOR TABLE note')
    feed = new ChangeFeed(
      { replicationUrl: database.urls.replication },
      database.platform,
      createLogger({ level: 'silent', pretty: false }),
    )
    feed.onChange((change) => seen.push(change.new!.id!))
    feed.start()
    await feed.ready(10_000)
  })
  afterAll(async () => {
    await feed?.stop()
    await database?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const insert = (id: number) => database.platform.query('INSERT INTO note VALUES ($1)', [id])
  const arrived = (id: number) => expect.poll(() => seen.at(-1), { timeout: 20_000, interval: 10 }).toBe(String(id))

  it.each([
    ['SIGINT', 1],
    ['SIGKILL', 3],
  ] as const)('by %s is not held up by the feed, which then goes on without gap or repetition', async (signal, id) => {
    await insert(id)
    await arrived(id)
    const stoppedMs = Date.now()
    const { pid } = database.server!
    process.kill(pid, signal)
    // A server whose readers have not confirmed everything would wait for them for ever.
    await expect.poll(() => database.server!.pid, { timeout: 15_000, interval: 20 }).not.toBe(pid)
    expect(Date.now() - stoppedMs).toBeLessThan(10_000)
    await expect
      .poll(
        () =>
          insert(id + 1).then(
            () => true,
            () => false,
          ),
        { timeout: 20_000, interval: 50 },
      )
      .toBe(true)
    await arrived(id + 1)
    await feed.ready(10_000)
    expect(seen).toEqual(Array.from({ length: id + 1 }, (_, at) => String(at + 1)))
  })
})
