// The whole way of a start, on servers of its own: embedded, and as somebody else's Postgres.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AppError } from '#libs/kernel'
import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { openDatabase, type OpenedDatabase } from '../src/open-database.ts'

const migrationsFolder = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))
const secrets = new Map<string, string>()
const secret = async (name: string, make: () => string) => {
  if (!secrets.has(name)) secrets.set(name, make())
  return secrets.get(name)!
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-open-'))
  await chmod(folder, 0o711)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function whoIs(database: OpenedDatabase, role: string): Promise<unknown> {
  const { rows } = await database.request.run(
    { role, claimsJson: '{}', readOnly: true },
    { text: 'select session_user, current_user', values: [] },
  )
  return rows[0]
}

describe('opening the database', () => {
  it('embedded: makes everything at the first start, changes nothing at the second, recovers when the server dies', async () => {
    const open = () => openDatabase({ embedded: { directory: join(folder, 'embedded') }, secret, migrationsFolder })
    const first = await open()
    expect(first.limitations).toEqual([])
    expect(first.appliedMigrations.length).toBeGreaterThan(0)
    await first.platform.query(`insert into plinth.settings (area, values) values ('kept', '{}')`)
    await first.close()

    const second = await open()
    try {
      expect(second.appliedMigrations).toEqual([])
      expect(second.urls.owner).toBe(first.urls.owner)
      expect(await second.platform.query('select area from plinth.settings')).toEqual([{ area: 'kept' }])
      expect(await whoIs(second, 'anon')).toEqual(['plinth_api', 'anon'])
      expect(await whoIs(second, 'service_role')).toEqual(['plinth_service', 'service_role'])
      expect(second.stats().map((pool) => pool.pool)).toEqual(['api', 'service', 'owner'])

      process.kill(second.server!.pid, 'SIGKILL')
      await expect
        .poll(
          () =>
            whoIs(second, 'anon').then(
              () => 'recovered',
              (error: { code: string }) => error.code,
            ),
          { timeout: 20_000 },
        )
        .toBe('recovered')
    } finally {
      await second.close()
    }
  })

  it('external: works with a role that is no superuser, and names what it cannot do', async () => {
    const server = await EmbeddedPostgres.start({ directory: join(folder, 'external'), superuserPassword: 'root password' })
    try {
      const admin = new pg.Client({ connectionString: server.superuserUrl() })
      admin.on('error', () => undefined)
      await admin.connect()
      await admin.query(`create role app login password 'app password'`)
      await admin.query('create database shop owner app')
      const url = `postgresql://app:${encodeURIComponent('app password')}@127.0.0.1:${server.port}/shop`
      const open = () => openDatabase({ external: { url }, secret: () => Promise.reject(new Error('not needed')), migrationsFolder })
      await expect(open()).rejects.toMatchObject({ code: 'missing_rights', params: { missing: 'CREATEROLE, CREATEDB, REPLICATION' } })

      await admin.query('alter role app createrole createdb replication')
      for (let start = 1; start <= 2; start++) {
        const database = await open()
        try {
          expect(database.limitations.join('\n')).toContain('ALTER ROLE service_role BYPASSRLS')
          expect(database.urls.superuser).toBeUndefined()
          expect(await whoIs(database, 'authenticated')).toEqual(['plinth_api', 'authenticated'])
          expect(await whoIs(database, 'service_role')).toEqual(['plinth_service', 'service_role'])
          await database.platform.query(`create table t${start} ()`)
          const replication = new pg.Client({ connectionString: database.urls.replication, replication: 'database' } as pg.ClientConfig)
          await replication.connect()
          await replication.query('IDENTIFY_SYSTEM')
          await replication.end()
        } finally {
          await database.close()
        }
      }
      await admin.end()
    } finally {
      await server.stop()
    }
  })

  it('external: says why a server cannot be used, and where to look, without the password', async () => {
    const url = 'postgresql://app:hunter22@127.0.0.1:1/shop'
    const refusal = await openDatabase({ external: { url }, secret, migrationsFolder }).then(
      () => undefined,
      (error: unknown) => error as AppError,
    )
    expect(refusal).toMatchObject({ code: 'connect_failed', status: 503 })
    expect(refusal?.message).toContain('ECONNREFUSED')
    expect(refusal?.message).toContain('PLINTH_DATABASE_URL')
    expect(refusal?.message).not.toContain('hunter22')
  })
})
