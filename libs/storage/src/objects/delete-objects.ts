import { z } from 'zod'
import type { Caller } from '../callers/caller.ts'
import type { StorageOperation } from '../storage-database.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { storageErrors } from '../storage.errors.ts'
import { discardBlobs } from './blob-keys.ts'
import { checkedObjectKey, isObjectKey } from './object-key.ts'
import { deleteNamedObjects } from './objects.sql.ts'

/** Body of DELETE /object/:bucket. */
export const deleteObjectsBody = z.object({
  prefixes: z
    .array(z.string('must be string'), 'must be array')
    .min(1, 'must NOT have fewer than 1 items')
    .max(1000, 'must NOT have more than 1000 items'),
})

/** Deletes one object as the caller: its row, then its bytes. */
export async function deleteObject(engine: StorageEngine, caller: Caller, bucketId: string, name: string): Promise<void> {
  const deleted = await deleteNamed(engine, caller, 'storage.object.delete', bucketId, [checkedObjectKey(name)])
  if (deleted.length === 0) throw storageErrors.object_not_found()
}

/** Deletes many; the text of a JSON array of those that were deleted. Missing and forbidden ones are left out alike. */
export async function deleteObjects(engine: StorageEngine, caller: Caller, bucketId: string, names: readonly string[]): Promise<string> {
  const deleted = await deleteNamed(engine, caller, 'storage.object.delete_many', bucketId, names.filter(isObjectKey))
  return `[${deleted.join(',')}]`
}

async function deleteNamed(engine: StorageEngine, caller: Caller, operation: StorageOperation, bucketId: string, names: readonly string[]) {
  const { rows } = await engine.database.write(caller, operation, deleteNamedObjects(bucketId, names))
  await discardBlobs(
    engine,
    rows.map((row) => row[0]!),
  )
  return rows.map((row) => row[1]!)
}
