// Databases for integration tests: `await using db = await createTestDatabase()`. Each is a copy of a template in the
// run's one cluster, so it costs some ten milliseconds, and is dropped at the end of its scope.
import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { withClient } from '../src/bootstrap/bootstrap.ts'
import { loginNames, withDatabase, withLogin, type DatabaseUrls } from '../src/bootstrap/login-urls.ts'
import { databaseStatements } from '../src/bootstrap/roles.sql.ts'
import { quoteIdentifier } from '../src/identifiers.ts'
import { openPools, type DatabasePools, type PoolsOptions } from '../src/pools/open-pools.ts'
import type { PlatformDatabase } from '../src/pools/platform-database.ts'
import type { RequestDatabase } from '../src/pools/request-database.ts'
import type { TestCluster } from './cluster.global-setup.ts'

/** A database of one test (or file). */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string
  readonly urls: Required<DatabaseUrls>
  readonly request: RequestDatabase
  readonly platform: PlatformDatabase
  readonly stats: DatabasePools['stats']
  /** Runs SQL as plinth_owner (a script of several statements when there are no values); rows as objects. */
  sql<R extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]>
  /** Runs SQL as the superuser. */
  superuserSql<R extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]>
  /** Closes the pools, drops the database's replication slots and the database. */
  dispose(): Promise<void>
}

/** Options of {@link createTestDatabase}. */
export interface TestDatabaseOptions {
  /** False: roles and rights, but no platform tables. */
  readonly migrate?: boolean
  readonly pools?: PoolsOptions
}

/** Makes a database with roles, logins and (by default) all migrations of the platform. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const cluster = inject('postgresCluster')
  if (cluster === undefined)
    throw new Error('createTestDatabase works in *.int-spec.ts files: the Vitest project "integration" starts the cluster')
  const name = `test_${randomBytes(6).toString('hex')}`
  const template = options.migrate === false ? cluster.templates.bare : cluster.templates.migrated
  await withClient(cluster.adminUrl, async (client) => {
    await client.query(`create database ${quoteIdentifier(name)} template ${quoteIdentifier(template)}`)
    // Rights on a database are no part of its template.
    const rights = { role: '', superuser: true, mayBypassRls: true, mayReplicate: true, major: 18 }
    for (const statement of databaseStatements(rights, name)) if (statement.includes(quoteIdentifier(name))) await client.query(statement)
  })
  const urls = urlsOf(cluster, name)
  const pools = openPools(urls, {
    ...options.pools,
    api: { connectionsMax: 5, ...options.pools?.api },
    owner: { connectionsMax: 3, ...options.pools?.owner },
  })
  let disposed: Promise<void> | undefined
  const dispose = () => (disposed ??= drop(cluster, name, pools))
  return {
    name,
    urls,
    request: pools.request,
    platform: pools.platform,
    stats: pools.stats,
    sql: (text, values) => pools.platform.query(text, values),
    superuserSql: (text, values = []) =>
      withClient(urls.superuser, async (client) => lastRows(await client.query(text, values as unknown[]))),
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
}

function urlsOf(cluster: TestCluster, name: string): Required<DatabaseUrls> {
  const login = (user: string) => withLogin(cluster.adminUrl, user, cluster.passwords[user]!, name)
  return {
    owner: login(loginNames.owner),
    api: login(loginNames.api),
    service: login(loginNames.service),
    replication: login(loginNames.replication),
    superuser: withDatabase(cluster.adminUrl, name),
  }
}

async function drop(cluster: TestCluster, name: string, pools: DatabasePools): Promise<void> {
  await pools.close()
  await withClient(cluster.adminUrl, async (client) => {
    await client.query('select pg_terminate_backend(active_pid) from pg_replication_slots where database = $1 and active_pid is not null', [
      name,
    ])
    for (let attempt = 1; ; attempt++) {
      try {
        await client.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = $1', [name])
        break
      } catch (error) {
        // A reader that was just ended may hold its slot for a moment longer.
        if ((error as { code?: string }).code !== '55006' || attempt === 50) throw error
        await client.query('select pg_sleep(0.02)')
      }
    }
    await client.query(`drop database if exists ${quoteIdentifier(name)} with (force)`)
  })
}

function lastRows<R>(result: { rows: unknown[] } | { rows: unknown[] }[]): R[] {
  return (Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows) as R[]
}
