// Postgres going down and coming back under open subscriptions, on a server of the test's own.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, type OpenedDatabase } from '#libs/postgres'
import { startServer, type LiveServer, Told, tokenOf, userId } from './live-server.ts'

const migrationsFolder = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

describe('a restart of Postgres', () => {
  let folder: string
  let database: OpenedDatabase
  let server: LiveServer
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-live-'))
    await chmod(folder, 0o711)
    const secrets = new Map<string, string>()
    const secret = async (name: string, make: () => string) => secrets.get(name) ?? secrets.set(name, make()).get(name)!
    database = await openDatabase({ embedded: { directory: join(folder, 'postgres') }, secret, migrationsFolder })
    await database.platform.query('CREATE TABLE note (id int PRIMARY KEY)')
    await database.platform.query('GRANT SELECT ON note TO authenticated')
    await database.platform.query('INSERT INTO note VALUES (0)')
    server = await startServer(database)
  })
  afterAll(async () => {
    await server?.stop()
    await database?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it.each([
    ['SIGINT', 1],
    ['SIGKILL', 2],
  ] as const)('by %s ends no subscription', async (signal, id) => {
    const live = new Told(server.client(tokenOf(userId(1))), 'subscription { note_aggregate { aggregate { count } } }')
    await live.untilData({ note_aggregate: { aggregate: { count: id } } })
    const rows = new Told(
      server.client(tokenOf(userId(1))),
      `subscription { note_stream(batch_size: 10, cursor: {initial_value: {id: ${id - 2}}}) { id } }`,
    )
    await rows.untilData({ note_stream: [{ id: id - 1 }] })
    const { pid } = database.server!
    process.kill(pid, signal)
    await expect.poll(() => database.server!.pid, { timeout: 15_000, interval: 20 }).not.toBe(pid)
    const insert = () =>
      database.platform.query('INSERT INTO note VALUES ($1) ON CONFLICT DO NOTHING', [id]).then(
        () => true,
        () => false,
      )
    await expect.poll(insert, { timeout: 20_000, interval: 50 }).toBe(true)
    await live.untilData({ note_aggregate: { aggregate: { count: id + 1 } } })
    await rows.untilData({ note_stream: [{ id }] })
    live.stop()
    rows.stop()
  })
})
