import { z } from 'zod'
import type { Caller } from '../callers/caller.ts'
import { checkedObjectKey, isObjectKey } from '../objects/object-key.ts'
import { selectExistingNames } from '../objects/objects.sql.ts'
import { readObject } from '../objects/read-object.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { storageErrors } from '../storage.errors.ts'

const SECONDS_MAX = 10 * 366 * 24 * 3600
const expiresIn = z.number('must be integer').int('must be integer').min(1, 'must be >= 1').max(SECONDS_MAX, `must be <= ${SECONDS_MAX}`)

/** Body of POST /object/sign/:bucket/*. */
export const signObjectBody = z.object({ expiresIn, transform: z.record(z.string(), z.unknown()).optional() })

/** Body of POST /object/sign/:bucket. */
export const signObjectsBody = z.object({
  expiresIn,
  paths: z
    .array(z.string('must be string'), 'must be array')
    .min(1, 'must NOT have fewer than 1 items')
    .max(1000, 'must NOT have more than 1000 items'),
})

/** A URL, below /storage/v1, that opens the object for anybody until it expires. The caller must be able to read the object. */
export async function signObject(
  engine: StorageEngine,
  caller: Caller,
  bucketId: string,
  name: string,
  body: z.output<typeof signObjectBody>,
): Promise<{ signedURL: string }> {
  if (Object.keys(body.transform ?? {}).length > 0) throw storageErrors.feature_missing({ params: { feature: 'imageTransformation' } })
  await readObject(engine, caller, 'storage.object.sign', bucketId, checkedObjectKey(name))
  return { signedURL: downloadUrl(engine, bucketId, name, body.expiresIn) }
}

/** One entry per path, in their order; those that the caller may not read carry an error instead of a URL. */
export async function signObjects(
  engine: StorageEngine,
  caller: Caller,
  bucketId: string,
  body: z.output<typeof signObjectsBody>,
): Promise<object[]> {
  const names = body.paths.filter(isObjectKey)
  const rows = await engine.database.read(caller, 'storage.object.sign_many', selectExistingNames(bucketId, names))
  const existing = new Set(rows.map((row) => row[0]))
  return body.paths.map((path) =>
    existing.has(path)
      ? { error: null, path, signedURL: downloadUrl(engine, bucketId, path, body.expiresIn) }
      : { error: 'Either the object does not exist or you do not have access to it', path, signedURL: null },
  )
}

/** Only the question mark is escaped: the clients escape the rest of what they are given. */
function downloadUrl(engine: StorageEngine, bucketId: string, name: string, seconds: number): string {
  const url = `${bucketId}/${name}`
  const token = engine.tokens.sign({ url, scope: 'download' }, seconds)
  return `/object/sign/${url.replaceAll('?', '%3F')}?token=${token}`
}
