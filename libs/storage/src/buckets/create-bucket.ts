import type { z } from 'zod'
import type { Caller } from '../callers/caller.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { storageErrors } from '../storage.errors.ts'
import { type createBucketBody, checkedBucketName, parseFileSize } from './bucket.schema.ts'
import { insertBucket } from './buckets.sql.ts'

/** Makes a bucket as the caller. Refuses names outside the grammar, taken names, and a limit above the server's own. */
export async function createBucket(
  engine: StorageEngine,
  caller: Caller,
  body: z.output<typeof createBucketBody>,
): Promise<{ name: string }> {
  if (body.type === 'ANALYTICS') throw storageErrors.feature_missing({ params: { feature: 'analytics buckets' } })
  const name = checkedBucketName(body.name)
  const bucket = {
    id: checkedBucketName(body.id ?? name),
    name,
    ownerId: caller.ownerId,
    public: body.public ?? false,
    fileSizeLimit: await checkedSizeLimit(engine, body.file_size_limit ?? null),
    allowedMimeTypes: body.allowed_mime_types ?? null,
  }
  await engine.database.write(caller, 'storage.bucket.create', insertBucket(bucket))
  return { name }
}

/** A bucket's limit in bytes; null means the server's. */
export async function checkedSizeLimit(engine: StorageEngine, size: string | number | null): Promise<number | null> {
  if (size === null) return null
  const bytes = parseFileSize(size)
  if (bytes > (await engine.limits.uploadBytesMax())) throw storageErrors.bucket_limit_too_large()
  return bytes
}
