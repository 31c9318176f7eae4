// Counts and hashes a body while a driver takes it in, and stops it at the limit. Both drivers read through this, so
// that a size or a SHA-256 means the same for each of them.
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { blobErrors } from './blob.errors.ts'
import type { StoredBlob } from './blob-store.ts'

/** A body on its way into a store. `result` is complete after `chunks` has ended. */
export class MeteredBody {
  private readonly hash = createHash('sha256')
  private size = 0

  constructor(
    private readonly body: Readable,
    private readonly maxBytes: number,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** The bytes. A failing body and an abort end it with `blob/interrupted`, too many bytes with `blob/too_large`. */
  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    const stop = () => this.body.destroy(new Error('aborted', { cause: this.signal?.reason }))
    if (this.signal?.aborted) stop()
    this.signal?.addEventListener('abort', stop, { once: true })
    try {
      // The body may be a request whose answer is still to be sent: leaving the loop must not destroy its socket.
      for await (const chunk of this.body.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>) {
        this.size += chunk.length
        if (this.size > this.maxBytes) throw blobErrors.too_large({ params: { maxBytes: this.maxBytes } })
        this.hash.update(chunk)
        yield chunk
      }
    } catch (error) {
      throw this.body.errored === null ? error : blobErrors.interrupted({ cause: error })
    } finally {
      this.signal?.removeEventListener('abort', stop)
    }
    if (this.body.errored !== null || !this.body.readableEnded) throw blobErrors.interrupted({ cause: this.body.errored })
  }

  result(): StoredBlob {
    const sha256 = this.hash.digest('hex')
    return { size: this.size, sha256, etag: sha256 }
  }
}
