import { z } from 'zod'
import { limitsOfBucket } from '../buckets/read-buckets.ts'
import type { Caller } from '../callers/caller.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { storageErrors } from '../storage.errors.ts'
import { requireAllowedType } from './mime-types.ts'
import { checkedObjectKey } from './object-key.ts'
import { renameObject } from './objects.sql.ts'
import { readObject, type StoredObject } from './read-object.ts'

const text = z.string('must be string')

/** Body of POST /object/move. */
export const moveObjectBody = z.object({ bucketId: text, sourceKey: text, destinationBucket: text.optional(), destinationKey: text })

/** Gives an object another name or bucket, as the caller. Its bytes stay where they are, so it is one statement. */
export async function moveObject(
  engine: StorageEngine,
  caller: Caller,
  body: z.output<typeof moveObjectBody>,
): Promise<{ message: string; Id: string; Key: string }> {
  const from = { bucketId: body.bucketId, name: checkedObjectKey(body.sourceKey) }
  const to = { bucketId: body.destinationBucket ?? body.bucketId, name: checkedObjectKey(body.destinationKey) }
  if (to.bucketId !== from.bucketId) {
    await requireFits(engine, to.bucketId, await readObject(engine, caller, 'storage.object.move', from.bucketId, from.name))
  }
  const { rows } = await engine.database.write(caller, 'storage.object.move', renameObject(from, to))
  const [row] = rows
  if (row === undefined) throw storageErrors.object_not_found()
  return { message: 'Successfully moved', Id: row[0]!, Key: `${to.bucketId}/${to.name}` }
}

/** Another bucket's limits hold for what comes from elsewhere too. */
export async function requireFits(engine: StorageEngine, bucketId: string, object: Pick<StoredObject, 'metadata'>): Promise<void> {
  const limits = await limitsOfBucket(engine, bucketId)
  if (object.metadata.size > limits.bytesMax) throw storageErrors.object_too_large()
  requireAllowedType(object.metadata.mimetype, limits.allowedMimeTypes)
}
