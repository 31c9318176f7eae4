import { z } from 'zod'
import type { Caller } from '../callers/caller.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { keyOfVersion, newVersion } from './blob-keys.ts'
import { checkedMimeType } from './mime-types.ts'
import type { ObjectMetadata } from './objects.sql.ts'
import { selectObjectJson } from './objects.sql.ts'
import { readObject } from './read-object.ts'
import { PermittedUpload } from './upload-object.ts'
import { checkedCacheControl } from './upload-request.ts'

const text = z.string('must be string')

/** Body of POST /object/copy. */
export const copyObjectBody = z.object({
  bucketId: text,
  sourceKey: text,
  destinationBucket: text.optional(),
  destinationKey: text,
  copyMetadata: z.boolean('must be boolean').optional(),
  metadata: z.object({ cacheControl: text.optional(), mimetype: text.optional() }, 'must be object').optional(),
})

/** What the headers of a copy add to its body. */
export interface CopyHeaders {
  readonly upsert: boolean
  /** The copy's own metadata, a JSON object; replaces the source's. */
  readonly userMetadataJson: string | null
}

/** Copies an object that the caller may read to a name that it may write. The copy's bytes are its own. */
export async function copyObject(
  engine: StorageEngine,
  caller: Caller,
  body: z.output<typeof copyObjectBody>,
  headers: CopyHeaders,
): Promise<object> {
  const source = await readObject(engine, caller, 'storage.object.copy', body.bucketId, body.sourceKey)
  const changes = {
    ...(body.metadata?.cacheControl === undefined ? {} : { cacheControl: checkedCacheControl(body.metadata.cacheControl) }),
    ...(body.metadata?.mimetype === undefined ? {} : { mimetype: checkedMimeType(body.metadata.mimetype) }),
  }
  const metadata: ObjectMetadata = { ...source.metadata, ...changes, lastModified: new Date().toISOString() }
  const target = { bucketId: body.destinationBucket ?? body.bucketId, name: body.destinationKey, upsert: headers.upsert }
  const declared = { size: metadata.size, mimeType: metadata.mimetype }
  const upload = await PermittedUpload.ask(engine, caller, target, 'storage.object.copy', declared)
  const version = newVersion()
  await engine.blobs.copy(await keyOfVersion(engine, source.version), await keyOfVersion(engine, version))
  const userMetadataJson = headers.userMetadataJson ?? (body.copyMetadata === false ? null : source.userMetadataJson)
  const written = await upload.commit(upload.row(version, metadata, userMetadataJson))
  const [row] = await engine.database.read(caller, 'storage.object.copy', selectObjectJson(target.bucketId, target.name))
  return { ...written, ...(row === undefined ? {} : (JSON.parse(row[0]!) as object)) }
}
