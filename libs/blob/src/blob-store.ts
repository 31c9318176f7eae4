// Where objects' bytes live. Drivers: disk and S3; the same contract tests run over both.
import type { Readable } from 'node:stream'

/** Bytes that were stored, durable when the promise resolves. */
export interface StoredBlob {
  readonly size: number
  /** Hex. */
  readonly sha256: string
  /** For the HTTP ETag, without quotes. */
  readonly etag: string
}

/** A byte range, both ends included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * A store of immutable blobs under keys of our own making (`bucket/uuid/version`): callers never pass a user's text.
 * `put` never leaves a partial blob behind, `get` of a missing key throws `blob/not_found`.
 */
export interface BlobStore {
  readonly name: 'disk' | 's3'
  /** Checks that the store can be used (folder writable, bucket there or made); throws an AppError that says why not. */
  open(): Promise<void>
  /** Streams in, counting and hashing. Aborts with `blob/too_large` beyond `maxBytes`. */
  put(
    key: string,
    body: Readable,
    options: { readonly maxBytes: number; readonly contentType: string; readonly signal?: AbortSignal },
  ): Promise<StoredBlob>
  /** The bytes, or a range of them. Throws `blob/not_found` before the first byte, never later. */
  get(key: string, range?: ByteRange): Promise<Readable>
  /** Removes blobs; keys that are not there are no fault. */
  delete(keys: readonly string[]): Promise<void>
  /** A second blob with the same bytes, which lives on when the first is deleted. */
  copy(from: string, to: string): Promise<void>
  /** Keys under a prefix; used by the orphan scan. */
  list(prefix: string): AsyncIterable<{ readonly key: string; readonly size: number; readonly modifiedMs: number }>
  /** For readiness: undefined when it works, else what is wrong in one sentence. */
  check(): Promise<string | undefined>
}
