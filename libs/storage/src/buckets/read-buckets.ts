import type { z } from 'zod'
import { backgroundCaller, type Caller } from '../callers/caller.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { storageErrors } from '../storage.errors.ts'
import type { listBucketsQuery } from './bucket.schema.ts'
import { selectBucket, selectBucketLimits, selectBuckets } from './buckets.sql.ts'

/** The bucket as JSON text, when the caller may see it; else the same refusal as for one that does not exist. */
export async function getBucket(engine: StorageEngine, caller: Caller, id: string): Promise<string> {
  const [row] = await engine.database.read(caller, 'storage.bucket.get', selectBucket(id))
  if (row === undefined) throw storageErrors.bucket_not_found()
  return row[0]!
}

/** The buckets that the caller may see, as the text of a JSON array. */
export async function listBuckets(engine: StorageEngine, caller: Caller, query: z.output<typeof listBucketsQuery>): Promise<string> {
  const page = {
    sortColumn: query.sortColumn ?? 'name',
    sortOrder: query.sortOrder ?? 'asc',
    limit: query.limit ?? 10_000,
    offset: query.offset ?? 0,
    search: query.search,
  } as const
  const [row] = await engine.database.read(caller, 'storage.bucket.list', selectBuckets(page))
  return row![0]!
}

/** What a bucket allows; read by the server itself, because whoever may upload need not be allowed to see the bucket. */
export interface BucketLimits {
  readonly public: boolean
  readonly bytesMax: number
  readonly allowedMimeTypes: readonly string[] | null
}

/** The limits of a bucket; throws `storage/bucket_not_found`. */
export async function limitsOfBucket(engine: StorageEngine, id: string): Promise<BucketLimits> {
  const [row] = await engine.database.read(backgroundCaller, 'storage.bucket.get', selectBucketLimits(id))
  if (row === undefined) throw storageErrors.bucket_not_found()
  const serverMax = await engine.limits.uploadBytesMax()
  return {
    public: row[0] === 'true',
    bytesMax: row[1] === null ? serverMax : Math.min(serverMax, Number(row[1])),
    allowedMimeTypes: row[2] === null ? null : (JSON.parse(row[2]!) as string[]),
  }
}
