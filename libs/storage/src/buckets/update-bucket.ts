import type { z } from 'zod'
import type { Caller } from '../callers/caller.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { storageErrors } from '../storage.errors.ts'
import type { updateBucketBody } from './bucket.schema.ts'
import { updateBucketRow } from './buckets.sql.ts'
import { checkedSizeLimit } from './create-bucket.ts'

/** Changes a bucket as the caller; what the body leaves out stays. */
export async function updateBucket(
  engine: StorageEngine,
  caller: Caller,
  id: string,
  body: z.output<typeof updateBucketBody>,
): Promise<void> {
  const change = {
    public: body.public,
    fileSizeLimit: body.file_size_limit === undefined ? undefined : await checkedSizeLimit(engine, body.file_size_limit),
    allowedMimeTypes: body.allowed_mime_types,
  }
  const { rowCount } = await engine.database.write(caller, 'storage.bucket.update', updateBucketRow(id, change))
  if (rowCount === 0) throw storageErrors.bucket_not_found()
}
