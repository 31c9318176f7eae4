// An upload: permission first, then bytes, then the row. A row is committed only after its bytes are durable, and bytes
// without a row are harmless: so an object never exists without its content (promise P3).
import type { Readable } from 'node:stream'
import { uuidv7 } from '#libs/kernel'
import { DatabaseError } from '#libs/postgres'
import { type BucketLimits, limitsOfBucket } from '../buckets/read-buckets.ts'
import type { Caller } from '../callers/caller.ts'
import type { StorageOperation } from '../storage-database.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { storageErrors } from '../storage.errors.ts'
import { discardBlobs, keyOfVersion, newVersion } from './blob-keys.ts'
import { requireAllowedType } from './mime-types.ts'
import { checkedObjectKey } from './object-key.ts'
import { insertObject, type NewObject, type ObjectMetadata, upsertObject } from './objects.sql.ts'

/** Where an upload goes. */
export interface UploadTarget {
  readonly bucketId: string
  readonly name: string
  /** Replace an object of this name instead of refusing. */
  readonly upsert: boolean
}

/** What is known of the content before its bytes. */
export interface UploadContent {
  readonly mimeType: string
  readonly body: Readable
}

/** What is known only after the bytes: a form's fields may follow its file. */
export interface UploadFacts {
  readonly cacheControl: string
  /** The user's own metadata, a JSON object. */
  readonly userMetadataJson: string | null
}

/** An upload whose permission and limits were checked, and which may now send its bytes. */
export class PermittedUpload {
  private constructor(
    private readonly engine: StorageEngine,
    private readonly caller: Caller,
    private readonly target: UploadTarget,
    private readonly operation: StorageOperation,
    private readonly limits: BucketLimits,
  ) {}

  /**
   * Refuses before a byte is read: bad keys, unknown buckets, a declared length or type that the bucket does not take,
   * and whatever the policies (tried on a row that is taken back) or a taken name refuse.
   */
  static async ask(
    engine: StorageEngine,
    caller: Caller,
    target: UploadTarget,
    operation: StorageOperation,
    declared: { readonly size?: number; readonly mimeType?: string },
  ): Promise<PermittedUpload> {
    checkedObjectKey(target.name)
    const limits = await limitsOfBucket(engine, target.bucketId)
    const upload = new PermittedUpload(engine, caller, target, operation, limits)
    if (declared.size !== undefined && declared.size > limits.bytesMax) throw storageErrors.object_too_large()
    if (declared.mimeType !== undefined) requireAllowedType(declared.mimeType, limits.allowedMimeTypes)
    const metadata = { mimetype: declared.mimeType, size: declared.size, contentLength: declared.size }
    await engine.database.probe(caller, operation, upload.statement(upload.row(newVersion(), metadata, null)))
    return upload
  }

  /** Stores the bytes, asks for the remaining facts and commits the row. Whatever fails leaves nothing that can be seen. */
  async store(content: UploadContent, facts: () => UploadFacts | Promise<UploadFacts>): Promise<{ Id: string; Key: string }> {
    const { engine, limits } = this
    requireAllowedType(content.mimeType, limits.allowedMimeTypes)
    const version = newVersion()
    const stored = await engine.blobs.put(await keyOfVersion(engine, version), content.body, {
      maxBytes: limits.bytesMax,
      contentType: content.mimeType,
    })
    let row: NewObject
    try {
      const { cacheControl, userMetadataJson } = await facts()
      row = this.row(version, metadataOf(stored, content.mimeType, cacheControl), userMetadataJson)
    } catch (error) {
      await discardBlobs(engine, [version])
      throw error
    }
    return this.commit(row)
  }

  /** Commits a row whose bytes are stored already: the end of an upload and of a copy. */
  async commit(row: NewObject): Promise<{ Id: string; Key: string }> {
    const { engine, target } = this
    let replaced: string | null | undefined
    let id = row.id
    try {
      const { rows } = await engine.database.write(this.caller, this.operation, this.statement(row))
      if (rows[0] !== undefined) [id, replaced] = [rows[0][0]!, rows[0][1]]
    } catch (error) {
      if (isRefusal(error)) await discardBlobs(engine, [row.version])
      throw error
    }
    if (replaced) await discardBlobs(engine, [replaced])
    return { Id: id, Key: `${target.bucketId}/${target.name}` }
  }

  row(version: string, metadata: Partial<ObjectMetadata>, userMetadataJson: string | null): NewObject {
    const { bucketId, name } = this.target
    return { id: uuidv7(), bucketId, name, ownerId: this.caller.ownerId, version, metadata, userMetadataJson }
  }

  private statement(row: NewObject) {
    return this.target.upsert ? upsertObject(row) : insertObject(row)
  }
}

/**
 * Whether Postgres said no. A lost connection or a server that shuts down (08, 57P) may come after the commit: then the
 * row is there and its bytes must be too, and if it is not, the sweep removes them.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && !/^(?:08|57P|58|XX|40003)/.test(error.sqlstate)
}

function metadataOf(stored: { size: number; sha256: string; etag: string }, mimeType: string, cacheControl: string): ObjectMetadata {
  return {
    eTag: `"${stored.etag}"`,
    size: stored.size,
    mimetype: mimeType,
    cacheControl,
    lastModified: new Date().toISOString(),
    contentLength: stored.size,
    httpStatusCode: 200,
    sha256: stored.sha256,
  }
}
