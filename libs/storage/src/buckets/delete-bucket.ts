import type { Caller } from '../callers/caller.ts'
import { DatabaseError } from '#libs/postgres'
import type { StorageEngine } from '../storage-engine.ts'
import { storageErrors } from '../storage.errors.ts'
import { deleteBucketRow } from './buckets.sql.ts'

/** Deletes an empty bucket as the caller. The foreign key of the objects refuses to lose any of them. */
export async function deleteBucket(engine: StorageEngine, caller: Caller, id: string): Promise<void> {
  try {
    const { rowCount } = await engine.database.write(caller, 'storage.bucket.delete', deleteBucketRow(id))
    if (rowCount === 0) throw storageErrors.bucket_not_found()
  } catch (error) {
    throw error instanceof DatabaseError && error.sqlstate === '23503' ? storageErrors.bucket_not_empty({ cause: error }) : error
  }
}
