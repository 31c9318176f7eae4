// Bytes without a row: left by a crash between store and row, by a lost answer of the database, by SQL that deleted
// rows. They take space and nothing else, so they are looked for seldom and removed only when they are old.
import { backgroundCaller } from '../callers/caller.ts'
import { selectLivingVersions } from '../objects/objects.sql.ts'
import type { StorageEngine } from '../storage-engine.ts'

const BATCH = 1000
type Engine = Pick<StorageEngine, 'blobs' | 'database' | 'keyPrefix'>

/** Removes blobs of this database that no row names and that are older than `ageMs`; answers how many. */
export async function sweepOrphans(engine: Engine, ageMs: number): Promise<number> {
  const oldestKept = Date.now() - ageMs
  let removed = 0
  let batch: string[] = []
  for await (const blob of engine.blobs.list(`${await engine.keyPrefix()}/`)) {
    if (blob.modifiedMs > oldestKept) continue
    batch.push(blob.key)
    if (batch.length === BATCH) removed += await removeOrphansOf(engine, batch.splice(0))
  }
  batch = batch.splice(0)
  return removed + (batch.length === 0 ? 0 : await removeOrphansOf(engine, batch))
}

async function removeOrphansOf(engine: Engine, keys: readonly string[]): Promise<number> {
  const versionOf = (key: string) => key.slice(key.lastIndexOf('/') + 1)
  const rows = await engine.database.read(backgroundCaller, 'storage.object.sweep', selectLivingVersions(keys.map(versionOf)))
  const living = new Set(rows.map((row) => row[0]))
  const orphans = keys.filter((key) => !living.has(versionOf(key)))
  await engine.blobs.delete(orphans)
  return orphans.length
}
