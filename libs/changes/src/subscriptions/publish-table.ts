// A table enters the publication when it is first followed. It is never removed by itself: an unused member costs little,
// a missing one costs changes.
import { quoteIdentifier } from '#libs/postgres'
import { changesErrors } from '../changes.errors.ts'
import { publicationName } from '../feed/replication-slot.ts'
import type { FactsDatabase, TableFacts } from '../visibility/table-facts.ts'

const lockTimeoutMs = 3_000

/** What {@link publishTable} did; `notice` tells a subscriber what it will not get. */
export interface Publishing {
  readonly altered: boolean
  readonly notice?: string
}

/**
 * Makes sure that the log carries the table's changes, with whole old rows where `wantsOldRows` (row-level security, or a
 * filter on a column outside the key). Throws `changes/not_published` with the way out when that is not possible.
 */
export async function publishTable(database: FactsDatabase, facts: TableFacts, wantsOldRows: boolean): Promise<Publishing> {
  const name = `${facts.schema}.${facts.name}`
  if (facts.kind !== 'r' && facts.kind !== 'p') {
    throw changesErrors.not_published({ params: { table: name }, hint: 'Only tables can be followed, not views or foreign tables.' })
  }
  const hasKey = facts.replicaIdentity === 'i' || (facts.replicaIdentity === 'd' && facts.columns.some((column) => column.key))
  // Without any identity Postgres would refuse every UPDATE and DELETE on a published table.
  const needsFull = facts.replicaIdentity !== 'f' && (wantsOldRows || !hasKey)
  const wants = { publish: !facts.published, full: needsFull && facts.fullAllowed && facts.ours }
  const remedy = remedyOf(facts, { publish: !facts.published, full: needsFull && facts.fullAllowed })
  if (!facts.published && (!facts.ours || (!hasKey && needsFull && !wants.full))) {
    throw changesErrors.not_published({
      params: { table: name },
      hint: remedy === '' ? 'It has generated columns and no primary key.' : remedy,
    })
  }
  if (wants.publish || wants.full) await alter(database, facts, wants)
  const notice =
    needsFull && !wants.full ? `Deleted rows of ${name}, and rows that leave your view, cannot be told. ${remedy}`.trim() : undefined
  return { altered: wants.publish || wants.full, ...(notice === undefined ? {} : { notice }) }
}

async function alter(database: FactsDatabase, facts: TableFacts, wants: { publish: boolean; full: boolean }): Promise<void> {
  const table = `${quoteIdentifier(facts.schema)}.${quoteIdentifier(facts.name)}`
  try {
    await database.transaction(async (tx) => {
      await tx.query(`SELECT set_config('lock_timeout', $1, true)`, [String(lockTimeoutMs)])
      // Waits for writers under way: what they wrote before the table was published would be missing from the log.
      await tx.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`)
      if (wants.full) {
        const leaves = await tx.query<{ name: string }>(
          `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM (
             SELECT $1::oid AS oid UNION SELECT relid FROM pg_partition_tree($1::oid::regclass)) AS t
           JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace`,
          [facts.oid],
        )
        for (const leaf of leaves) await tx.query(`ALTER TABLE ${leaf.name} REPLICA IDENTITY FULL`)
      }
      if (!wants.publish) return
      const member = await tx.query(
        `SELECT FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE p.pubname = $1 AND r.prrelid = $2`,
        [publicationName, facts.oid],
      )
      if (member.length === 0) await tx.query(`ALTER PUBLICATION ${publicationName} ADD TABLE ${table}`)
    })
  } catch (cause) {
    const { sqlstate, code, message } = cause as { sqlstate?: string; code?: string; message: string }
    const state = sqlstate ?? code ?? ''
    // 55P03 lock not available, 40P01 deadlock: busy now, try again.
    if (state === '55P03' || state === '40P01' || !/^(0A|22|42|55)/.test(state)) throw changesErrors.unavailable({ cause })
    throw changesErrors.not_published({ params: { table: `${facts.schema}.${facts.name}` }, hint: message, cause })
  }
}

function remedyOf(facts: TableFacts, wants: { publish: boolean; full: boolean }): string {
  const table = `${quoteIdentifier(facts.schema)}.${quoteIdentifier(facts.name)}`
  const statements = [
    ...(wants.full ? [`ALTER TABLE ${table} REPLICA IDENTITY FULL;`] : []),
    ...(wants.publish ? [`ALTER PUBLICATION ${publicationName} ADD TABLE ${table};`] : []),
  ]
  return statements.length === 0 ? '' : `The table's owner can allow it with: ${statements.join(' ')}`
}
