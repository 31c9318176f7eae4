import type { Caller } from '../callers/caller.ts'
import { discardBlobs } from '../objects/blob-keys.ts'
import { deleteSomeObjects } from '../objects/objects.sql.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { getBucket } from './read-buckets.ts'

const BATCH = 1000

/** Deletes every object of a bucket that the caller may delete, a batch at a time: rows first, then their bytes. */
export async function emptyBucket(engine: StorageEngine, caller: Caller, id: string): Promise<void> {
  await getBucket(engine, caller, id)
  for (;;) {
    const { rows } = await engine.database.write(caller, 'storage.bucket.empty', deleteSomeObjects(id, BATCH))
    await discardBlobs(
      engine,
      rows.map((row) => row[0]!),
    )
    if (rows.length < BATCH) return
  }
}
