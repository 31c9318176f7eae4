// The publication and the slot, made when they are not there. The slot's name carries its epoch
// (`plinth_<database>_<epoch>`): a slot that was lost and made anew can never be taken for the old one, and no table has
// to be kept in step with it.
import { createHash, randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { changesErrors } from '../changes.errors.ts'
import { parseLsn } from './cursor.ts'
import { readPublicationSql, readServerSql, readSlotsSql } from './replication-slot.sql.ts'

/** The slot that a connection reads. */
export interface ReplicationSlot {
  readonly name: string
  readonly epoch: string
  readonly confirmedLsn: bigint
}

/** One-off queries of the set-up; PlatformDatabase is one. */
export interface QueryRunner {
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>
}

export const publicationName = 'plinth'

/** `plinth_` and a hash of the database's name: slots are named server-wide, databases share a server. */
export function slotPrefix(database: string): string {
  return `plinth_${createHash('sha256').update(database).digest('hex').slice(0, 10)}_`
}

/** Makes the publication when it is missing. Tables enter it when they are first followed (see publish-table.ts). */
export async function ensurePublication(owner: QueryRunner): Promise<void> {
  const [server] = await owner.query<{ walLevel: string; version: number }>(readServerSql)
  if (server!.walLevel !== 'logical') throw changesErrors.wal_level({ params: { found: server!.walLevel } })
  const [found] = await owner.query<{ allTables: boolean }>(readPublicationSql)
  if (found !== undefined) return
  // Partitions report as their root, which is the table that people subscribe to. Stored generated columns must be in the log:
  // policies may read them, and Postgres 18 refuses updates of FULL tables whose generated columns are left out.
  const options = ['publish_via_partition_root = true', ...(server!.version >= 180000 ? ['publish_generated_columns = stored'] : [])]
  try {
    await owner.query(`CREATE PUBLICATION ${publicationName} WITH (${options.join(', ')})`)
  } catch (error) {
    if ((error as { code?: string }).code !== '42710') throw error
  }
}

/** Finds the database's slot or makes it; a slot whose WAL was thrown away is dropped and a new epoch begins. */
export async function ensureSlot(replicationUrl: string): Promise<ReplicationSlot> {
  const client = new Client({ connectionString: replicationUrl, application_name: 'plinth changes', connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(`SET statement_timeout = '30s'`)
    const { rows: server } = await client.query<{ database: string }>(readServerSql)
    const prefix = slotPrefix(server[0]!.database)
    const { rows: slots } = await client.query<{ name: string; confirmedLsn: string; walStatus: string }>(readSlotsSql, [prefix])
    const usable = slots.find((slot) => slot.walStatus !== 'lost')
    for (const slot of slots) if (slot !== usable) await client.query('SELECT pg_drop_replication_slot($1)', [slot.name])
    if (usable !== undefined)
      return { name: usable.name, epoch: usable.name.slice(prefix.length), confirmedLsn: lsnOf(usable.confirmedLsn) }
    const epoch = randomBytes(5).toString('hex')
    const { rows } = await client.query<{ lsn: string }>(
      `SELECT lsn::text AS lsn FROM pg_create_logical_replication_slot($1, 'pgoutput')`,
      [prefix + epoch],
    )
    return { name: prefix + epoch, epoch, confirmedLsn: lsnOf(rows[0]!.lsn) }
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Drops every slot of the database that no one reads; for tests and for taking a database out of service. */
export async function dropSlots(replicationUrl: string): Promise<void> {
  const client = new Client({ connectionString: replicationUrl })
  await client.connect()
  try {
    const { rows: server } = await client.query<{ database: string }>(readServerSql)
    const { rows: slots } = await client.query<{ name: string }>(readSlotsSql, [slotPrefix(server[0]!.database)])
    for (const slot of slots) await client.query('SELECT pg_drop_replication_slot($1)', [slot.name])
  } finally {
    await client.end().catch(() => undefined)
  }
}

function lsnOf(text: string): bigint {
  const lsn = parseLsn(text)
  if (lsn === undefined) throw new Error('the slot has no position yet')
  return lsn
}
