// The database's own name for itself, the first part of every blob key. Without it, two databases that were given the
// same bucket would take each other's bytes for orphans.
import { backgroundCaller } from './callers/caller.ts'
import type { StorageDatabase } from './storage-database.ts'

/** Reads the name once; a failed read is tried again at the next call. */
export function installationKeyPrefix(database: StorageDatabase): () => Promise<string> {
  let known: Promise<string> | undefined
  return () =>
    (known ??= read(database).catch((error: unknown) => {
      known = undefined
      throw error
    }))
}

async function read(database: StorageDatabase): Promise<string> {
  const sql = { text: 'SELECT id::text FROM storage.installation', values: [] }
  const [row] = await database.read(backgroundCaller, 'storage.object.installation', sql)
  return `objects-${row![0]!}`
}
