// Objects in a bucket of an S3 server (MinIO, Ceph, AWS…), through the `minio` client and only with the requests that
// every server has: PUT, GET, HEAD, DELETE, list v2, multipart, copy.
import { Agent as HttpAgent, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Readable } from 'node:stream'
import { Client, CopyDestinationOptions, CopySourceOptions } from 'minio'
import { AppError } from '#libs/kernel'
import { blobErrors } from '../blob.errors.ts'
import { checkedKey, checkedPrefix } from '../blob-key.ts'
import type { BlobStore, ByteRange, StoredBlob } from '../blob-store.ts'
import { MeteredBody } from '../metered-body.ts'
import { retrying, timedTransport } from './s3-transport.ts'

/** Where the bucket is and who may use it. */
export interface S3Options {
  /** For example `https://s3.example.org` or `http://127.0.0.1:9000`. */
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  /** Made when it does not exist. */
  readonly bucket: string
  readonly region: string
}

const MIB = 1024 * 1024
/** S3 allows 10,000 parts of at least 5 MiB; equal sizes, because some servers insist. One part is held in memory. */
const PART_BYTES = 8 * MIB
const PARTS_MAX = 10_000
/** Beyond this size a copy has to be made of parts. */
const SINGLE_COPY_MAX_BYTES = 5 * 1024 * MIB
const ABANDONED_AFTER_MS = 24 * 60 * 60_000

/** Blobs as objects of one S3 bucket. */
export class S3BlobStore implements BlobStore {
  readonly name = 's3'
  private readonly client: Client

  constructor(private readonly options: S3Options) {
    const url = new URL(options.endpoint)
    const secure = url.protocol === 'https:'
    this.client = new Client({
      endPoint: url.hostname,
      port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
      useSSL: secure,
      accessKey: options.accessKey,
      secretKey: options.secretKey,
      region: options.region,
      pathStyle: true,
      transport: timedTransport(secure),
      transportAgent: secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true }),
      retryOptions: { disableRetry: true },
    })
  }

  async open(): Promise<void> {
    const { bucket, endpoint, region } = this.options
    try {
      if (!(await retrying(() => this.client.bucketExists(bucket)))) await this.makeBucket(bucket, region)
    } catch (error) {
      throw blobErrors.s3_unusable({ params: { bucket, endpoint, reason: sentence(error) }, cause: error })
    }
    await this.abortAbandonedUploads()
  }

  async put(
    key: string,
    body: Readable,
    options: { readonly maxBytes: number; readonly contentType: string; readonly signal?: AbortSignal },
  ): Promise<StoredBlob> {
    checkedKey(key)
    const metered = new MeteredBody(body, options.maxBytes, options.signal)
    const parts = inParts(metered.chunks(), Math.max(PART_BYTES, Math.ceil(options.maxBytes / PARTS_MAX)))
    const headers = { 'Content-Type': options.contentType }
    try {
      const first = await parts.next()
      const start = first.done ? Buffer.alloc(0) : first.value
      const second = first.done ? first : await parts.next()
      if (second.done) {
        const stored = metered.result()
        const described = { ...headers, 'x-amz-meta-sha256': stored.sha256 }
        await retrying(() => this.client.putObject(this.options.bucket, key, start, start.length, described))
        return stored
      }
      await this.putInParts(key, headers, [start, second.value], parts)
      return metered.result()
    } catch (error) {
      throw translated(error)
    } finally {
      await parts.return()
    }
  }

  /** See {@link BlobStore.get}. */
  async get(key: string, range?: ByteRange): Promise<Readable> {
    checkedKey(key)
    const { bucket } = this.options
    try {
      const body = await retrying(() =>
        range === undefined
          ? this.client.getObject(bucket, key)
          : this.client.getPartialObject(bucket, key, range.start, range.end - range.start + 1),
      )
      // A reader may pause for as long as it likes.
      ;(body as IncomingMessage).setTimeout(0)
      return body
    } catch (error) {
      throw translated(error)
    }
  }

  /** See {@link BlobStore.delete}. */
  async delete(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    try {
      const faults = await retrying(() => this.client.removeObjects(this.options.bucket, keys.map(checkedKey)))
      const fault = faults.find((one) => one !== null && one !== undefined && one.Error?.Code !== 'NoSuchKey')
      if (fault) throw blobErrors.unavailable({ detail: fault })
    } catch (error) {
      throw translated(error)
    }
  }

  /** See {@link BlobStore.copy}. */
  async copy(from: string, to: string): Promise<void> {
    const { bucket } = this.options
    const source = new CopySourceOptions({ Bucket: bucket, Object: checkedKey(from) })
    const target = new CopyDestinationOptions({ Bucket: bucket, Object: checkedKey(to) })
    try {
      const { size } = await retrying(() => this.client.statObject(bucket, from))
      if (size > SINGLE_COPY_MAX_BYTES) await this.client.composeObject(target, [source])
      else await retrying(() => this.client.copyObject(source, target))
    } catch (error) {
      throw translated(error)
    }
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; size: number; modifiedMs: number }> {
    const items = this.client.listObjectsV2(this.options.bucket, checkedPrefix(prefix), true)
    try {
      for await (const item of items as AsyncIterable<{ name?: string; size: number; lastModified?: Date }>) {
        if (item.name !== undefined) yield { key: item.name, size: item.size, modifiedMs: item.lastModified?.getTime() ?? 0 }
      }
    } catch (error) {
      throw translated(error)
    }
  }

  async check(): Promise<string | undefined> {
    const { bucket, endpoint } = this.options
    try {
      if (await this.client.bucketExists(bucket)) return undefined
      return `The bucket ${bucket} at ${endpoint} is gone.`
    } catch (error) {
      return `The bucket ${bucket} at ${endpoint} cannot be used: ${sentence(error)}`
    }
  }

  private async makeBucket(bucket: string, region: string): Promise<void> {
    await this.client.makeBucket(bucket, region).catch((error: { code?: string }) => {
      if (error.code !== 'BucketAlreadyOwnedByYou') throw error
    })
  }

  /** Sends the parts one after the other; an upload that fails is aborted, because its parts would stay and cost. */
  private async putInParts(key: string, headers: Record<string, string>, started: Buffer[], rest: AsyncIterable<Buffer>): Promise<void> {
    const { bucket } = this.options
    const uploadID = await this.client.initiateNewMultipartUpload(bucket, key, headers)
    try {
      const sent: { part: number; etag?: string }[] = []
      const send = async (payload: Buffer) => {
        const partNumber = sent.length + 1
        const part = await retrying(() =>
          this.client.uploadPart(
            { bucketName: bucket, objectName: key, uploadID, partNumber, headers: { 'Content-Length': payload.length } },
            payload,
          ),
        )
        sent.push({ part: partNumber, etag: part.etag })
      }
      for (let part = started.shift(); part !== undefined; part = started.shift()) await send(part)
      for await (const part of rest) await send(part)
      await this.client.completeMultipartUpload(bucket, key, uploadID, sent)
    } catch (error) {
      await retrying(() => this.client.abortMultipartUpload(bucket, key, uploadID)).catch(() => undefined)
      throw error
    }
  }

  /** What a killed process left unfinished. Not every server lists it, and nothing depends on it. */
  private async abortAbandonedUploads(): Promise<void> {
    const { bucket } = this.options
    try {
      const uploads = this.client.listIncompleteUploads(bucket, '', true) as AsyncIterable<{
        key: string
        uploadId: string
        initiated: Date
      }>
      for await (const upload of uploads) {
        if (Date.now() - new Date(upload.initiated).getTime() < ABANDONED_AFTER_MS) continue
        await this.client.abortMultipartUpload(bucket, upload.key, upload.uploadId)
      }
    } catch {
      // The server's own lifecycle rules may do it instead.
    }
  }
}

/** Gathers chunks to parts of exactly `bytes`, the last one shorter and never empty. */
async function* inParts(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer, void, undefined> {
  let gathered: Buffer[] = []
  let size = 0
  for await (let chunk of chunks) {
    while (size + chunk.length >= bytes) {
      const take = bytes - size
      yield Buffer.concat([...gathered, chunk.subarray(0, take)], bytes)
      chunk = chunk.subarray(take)
      gathered = []
      size = 0
    }
    if (chunk.length > 0) gathered.push(chunk)
    size += chunk.length
  }
  if (size > 0) yield Buffer.concat(gathered, size)
}

function sentence(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  const text = [code, message].filter((part) => part !== undefined && part !== '').join(': ') || 'no answer'
  return text.endsWith('.') ? text : `${text}.`
}

function translated(error: unknown): unknown {
  if (error instanceof AppError) return error
  const code = (error as { code?: string }).code
  if (code === 'NoSuchKey' || code === 'NotFound') return blobErrors.not_found({ cause: error })
  return blobErrors.unavailable({ cause: error })
}
