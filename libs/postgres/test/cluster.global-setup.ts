// Starts ONE Postgres for a whole Vitest run and prepares the template databases that every test copies.
// With PLINTH_TEST_DATABASE_URL (a superuser's URL) that server is used instead, for example Debian's Postgres 15.
import { mkdtemp, rm, chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { randomToken } from '#libs/kernel'
import { bootstrapDatabase, randomLoginPasswords, withClient } from '../src/bootstrap/bootstrap.ts'
import { withDatabase } from '../src/bootstrap/login-urls.ts'
import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { quoteIdentifier } from '../src/identifiers.ts'
import { migrate } from '../src/migrate/migrate.ts'

/** What the tests' processes get to know. */
export interface TestCluster {
  readonly adminUrl: string
  readonly passwords: Record<string, string>
  readonly templates: { readonly bare: string; readonly migrated: string }
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgresCluster: TestCluster
  }
}

const migrations = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env['PLINTH_TEST_DATABASE_URL']
  const own = external === undefined ? await startServer() : undefined
  const adminUrl = external ?? own!.server.superuserUrl()
  // Several runs may share one external server.
  const suffix = external === undefined ? '' : `_${process.pid}`
  const templates = { bare: `plinth_bare${suffix}`, migrated: `plinth_migrated${suffix}` }
  const teardown = async () => {
    if (external !== undefined) await dropDatabases(adminUrl, Object.values(templates))
    await own?.server.stop()
    if (own !== undefined) await rm(own.folder, { recursive: true, force: true })
  }
  try {
    const passwords = await randomLoginPasswords(async (name) => `test-${name}`, randomToken)
    await prepareTemplate(adminUrl, templates.bare, passwords)
    const { urls } = await prepareTemplate(adminUrl, templates.migrated, passwords)
    await migrate(urls.owner, migrations)
    project.provide('postgresCluster', { adminUrl, passwords, templates })
    return teardown
  } catch (error) {
    await teardown()
    throw error
  }
}

async function startServer(): Promise<{ server: EmbeddedPostgres; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-test-'))
  await chmod(folder, 0o711)
  // Nobody needs a test's data after a power cut.
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '200', max_wal_senders: '40', max_replication_slots: '40' }
  const server = await EmbeddedPostgres.start({ directory: join(folder, 'postgres'), superuserPassword: randomToken(), settings })
  return { server, folder }
}

async function dropDatabases(adminUrl: string, names: readonly string[]): Promise<void> {
  await withClient(adminUrl, async (client) => {
    for (const name of names) await client.query(`drop database if exists ${quoteIdentifier(name)} with (force)`)
  })
}

async function prepareTemplate(adminUrl: string, name: string, passwords: Record<string, string>) {
  await dropDatabases(adminUrl, [name])
  await withClient(adminUrl, async (client) => {
    await client.query(`create database ${quoteIdentifier(name)}`)
  })
  return bootstrapDatabase({ adminUrl: withDatabase(adminUrl, name), passwords })
}
