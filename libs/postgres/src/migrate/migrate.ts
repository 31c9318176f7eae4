// Applies the platform's migrations at server start, without Prisma's CLI, and leaves `plinth._prisma_migrations` as
// `prisma migrate deploy` would, so that both can be used on the same database.
import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { withClient } from '../bootstrap/bootstrap.ts'
import { postgresErrors } from '../postgres.errors.ts'

/** The key of Prisma's own advisory lock: its CLI and this code exclude each other too. */
const LOCK_KEY = 72707369

const createTable = `create table if not exists plinth._prisma_migrations (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
  logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`

/** A migration on disk: `<folder>/<name>/migration.sql`. The checksum is Prisma's (SHA-256 of the file, hex). */
export interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** Reads all migrations of a folder, in order of their names. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/**
 * Brings the database at `url` (login plinth_owner) up to the migrations in `folder`; answers the names it applied.
 * Each migration is applied fully or not at all, once, however many nodes start together.
 */
export async function migrate(url: string, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder)
  return withClient(url, async (client) => {
    const applied: string[] = []
    if (pending(migrations, await readApplied(client)).length === 0) return applied
    for (const migration of migrations) if (await applyOne(client, migration, migrations)) applied.push(migration.name)
    return applied
  })
}

interface AppliedMigration {
  readonly migration_name: string
  readonly checksum: string
  readonly finished: boolean
}

async function readApplied(client: pg.Client): Promise<AppliedMigration[]> {
  const known = await client.query<{ known: boolean }>(`select to_regclass('plinth._prisma_migrations') is not null as known`)
  if (!known.rows[0]!.known) return []
  const { rows } = await client.query<AppliedMigration>(
    'select migration_name, checksum, finished_at is not null as finished from plinth._prisma_migrations where rolled_back_at is null',
  )
  return rows
}

/** The migrations still to apply; refuses a history that does not fit the files. */
function pending(migrations: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const row of applied) {
    const migration = known.get(row.migration_name)
    if (migration === undefined) throw postgresErrors.migration_missing({ params: { name: row.migration_name } })
    if (!row.finished) throw postgresErrors.migration_unfinished({ params: { name: row.migration_name } })
    if (migration.checksum !== row.checksum) throw postgresErrors.migration_edited({ params: { name: row.migration_name } })
  }
  const done = new Set(applied.map((row) => row.migration_name))
  return migrations.filter((migration) => !done.has(migration.name))
}

async function applyOne(client: pg.Client, migration: Migration, all: readonly Migration[]): Promise<boolean> {
  await client.query('begin')
  try {
    await client.query('select pg_advisory_xact_lock($1)', [LOCK_KEY])
    await client.query(createTable)
    // Asked again under the lock: another node may have been faster.
    if (!pending(all, await readApplied(client)).some((other) => other.name === migration.name)) {
      await client.query('rollback')
      return false
    }
    // As Prisma's CLI with `?schema=plinth` does: what `migrate dev` wrote without a schema belongs to plinth, not public.
    await client.query('set local search_path to plinth')
    await client.query(migration.sql)
    await client.query(
      `insert into plinth._prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ($1, $2, $3, now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    )
    await client.query('commit')
    return true
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    if ((error as Error).name === 'AppError') throw error
    throw postgresErrors.migration_failed({ params: { name: migration.name, reason: (error as Error).message }, cause: error })
  }
}
