import type { TextRow } from '#libs/postgres'
import { backgroundCaller, type Caller } from '../callers/caller.ts'
import type { StorageEngine } from '../storage-engine.ts'
import type { StorageOperation } from '../storage-database.ts'
import { storageErrors } from '../storage.errors.ts'
import { checkedObjectKey } from './object-key.ts'
import { type ObjectMetadata, selectObject, selectPublicObject } from './objects.sql.ts'

/** An object's row. */
export interface StoredObject {
  readonly id: string
  readonly name: string
  readonly bucketId: string
  readonly version: string
  readonly metadata: ObjectMetadata
  readonly userMetadataJson: string | null
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly updatedAt: string
}

/** The object, when the caller's policies show it; else `storage/object_not_found`. */
export async function readObject(
  engine: StorageEngine,
  caller: Caller,
  operation: StorageOperation,
  bucketId: string,
  name: string,
): Promise<StoredObject> {
  const [row] = await engine.database.read(caller, operation, selectObject(bucketId, checkedObjectKey(name)))
  if (row === undefined) throw storageErrors.object_not_found()
  return toStoredObject(row)
}

/** An object of a public bucket, for anybody. A bucket that is not public is not found. */
export async function readPublicObject(engine: StorageEngine, bucketId: string, name: string): Promise<StoredObject> {
  const sql = selectPublicObject(bucketId, checkedObjectKey(name))
  const [row] = await engine.database.read(backgroundCaller, 'storage.object.get_public', sql)
  if (row === undefined) throw storageErrors.bucket_not_found()
  if (row[0] === null) throw storageErrors.object_not_found()
  return toStoredObject(row)
}

function toStoredObject(row: TextRow): StoredObject {
  const [id, name, bucketId, version, metadata, userMetadataJson, createdAt, updatedAt] = row
  return {
    id: id!,
    name: name!,
    bucketId: bucketId!,
    version: version!,
    metadata: JSON.parse(metadata ?? '{}') as ObjectMetadata,
    userMetadataJson: userMetadataJson ?? null,
    createdAt: createdAt!,
    updatedAt: updatedAt!,
  }
}

/** What GET /object/info answers. `metadata` is the user's own; `sha256` is ours. */
export function describeObject(object: StoredObject): object {
  const { metadata } = object
  return {
    id: object.id,
    name: object.name,
    version: object.version,
    bucket_id: object.bucketId,
    size: metadata.size,
    content_type: metadata.mimetype,
    cache_control: metadata.cacheControl,
    etag: metadata.eTag,
    sha256: metadata.sha256,
    metadata: JSON.parse(object.userMetadataJson ?? '{}') as object,
    last_modified: metadata.lastModified,
    created_at: object.createdAt,
  }
}
