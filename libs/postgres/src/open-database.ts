// Opens the platform's database at start: embedded or external, roles, migrations, pools. The order is the story.
import { randomToken } from '#libs/kernel'
import {
  bootstrapDatabase,
  derivedLoginPasswords,
  ensureDatabase,
  randomLoginPasswords,
  type BootstrapResult,
  type SecretStore,
} from './bootstrap/bootstrap.ts'
import { openSchemasToServiceRole } from './bootstrap/exposed-schemas.ts'
import type { DatabaseUrls } from './bootstrap/login-urls.ts'
import { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded/embedded-postgres.ts'
import { migrate } from './migrate/migrate.ts'
import { openPools, type DatabasePools, type PoolsOptions } from './pools/open-pools.ts'

const DATABASE = 'plinth'

/** Options of {@link openDatabase}: exactly one of `embedded` and `external`. */
export interface OpenDatabaseOptions {
  readonly embedded?: Omit<EmbeddedPostgresOptions, 'superuserPassword'>
  /** `url` for the pools (a pooler is fine), `directUrl` for migrations and replication; default: the same. */
  readonly external?: { readonly url: string; readonly directUrl?: string }
  /** Keeps generated passwords: DataDirectory.secret. */
  readonly secret: SecretStore
  /** Folder of Prisma-format migrations. */
  readonly migrationsFolder: string
  /** Schemas that the APIs expose (PLINTH_API_SCHEMAS): service_role gets everything in them. */
  readonly exposedSchemas?: readonly string[]
  readonly pools?: PoolsOptions
}

/** The opened database. {@link OpenedDatabase.close} ends the pools and the embedded server. */
export interface OpenedDatabase extends DatabasePools {
  readonly urls: DatabaseUrls
  readonly serverMajor: number
  readonly limitations: readonly string[]
  readonly appliedMigrations: readonly string[]
  /** The embedded server's supervisor; undefined with an external one. */
  readonly server: EmbeddedPostgres | undefined
  /** Closes the pools, then stops the embedded server if there is one. */
  close(): Promise<void>
}

/** Starts or reaches the server, makes roles and rights, applies migrations, opens the pools (they connect when used). */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  const server = options.external === undefined ? await startEmbedded(options) : undefined
  try {
    const bootstrapped = await bootstrap(options, server)
    const appliedMigrations = await migrate(bootstrapped.urls.owner, options.migrationsFolder)
    await openSchemasToServiceRole(bootstrapped.urls.owner, options.exposedSchemas ?? [])
    const pools = openPools(bootstrapped.urls, options.pools)
    return {
      ...bootstrapped,
      ...pools,
      appliedMigrations,
      server,
      close: async () => {
        await pools.close()
        await server?.stop()
      },
    }
  } catch (error) {
    await server?.stop().catch(() => undefined)
    throw error
  }
}

async function startEmbedded(options: OpenDatabaseOptions): Promise<EmbeddedPostgres> {
  if (options.embedded === undefined) throw new TypeError('openDatabase needs either `embedded` or `external`')
  return EmbeddedPostgres.start({ ...options.embedded, superuserPassword: await options.secret('postgres_superuser', randomToken) })
}

async function bootstrap(options: OpenDatabaseOptions, server: EmbeddedPostgres | undefined): Promise<BootstrapResult> {
  if (server !== undefined) {
    await ensureDatabase(server.superuserUrl(), DATABASE)
    const passwords = await randomLoginPasswords(options.secret, randomToken)
    return bootstrapDatabase({ adminUrl: server.superuserUrl(DATABASE), passwords })
  }
  const { url, directUrl } = options.external!
  const adminUrl = directUrl ?? url
  const passwords = derivedLoginPasswords(adminUrl) ?? (await randomLoginPasswords(options.secret, randomToken))
  return bootstrapDatabase({ adminUrl, poolUrl: url, passwords })
}
