// Buckets and their objects. Wire: Supabase storage's, base /storage/v1.
import { encodePath, type HeaderMap, type Http, type HttpRequest, PlinthError, type Result, settle } from '../http.ts'
import type { Bucket, BucketSettings, ListedObject, ListOptions, ObjectInfo, UploadBody, UploadOptions } from './types.ts'

/** Buckets, and `from(bucket)` for the objects in one. */
export class Storage {
  constructor(private readonly http: Http) {}

  /** The objects of a bucket. */
  from(bucket: string): BucketObjects {
    return new BucketObjects(this.http, bucket)
  }
  /** `GET /storage/v1/bucket` */
  listBuckets(options: { readonly limit?: number; readonly offset?: number; readonly search?: string } = {}): Promise<Result<Bucket[]>> {
    const query = new URLSearchParams(Object.entries(options).map(([key, value]): [string, string] => [key, String(value)]))
    return this.call({ method: 'GET', path: `/bucket${query.size === 0 ? '' : `?${query.toString()}`}` })
  }
  /** `GET /storage/v1/bucket/{id}` */
  getBucket(id: string): Promise<Result<Bucket>> {
    return this.call({ method: 'GET', path: `/bucket/${encodeURIComponent(id)}` })
  }
  /** `POST /storage/v1/bucket` */
  createBucket(id: string, settings: BucketSettings = {}): Promise<Result<{ name: string }>> {
    return this.call({ method: 'POST', path: '/bucket', body: { id, name: id, ...wireSettings({ public: false, ...settings }) } })
  }
  /** `PUT /storage/v1/bucket/{id}` */
  updateBucket(id: string, settings: BucketSettings): Promise<Result<{ message: string }>> {
    return this.call({ method: 'PUT', path: `/bucket/${encodeURIComponent(id)}`, body: { id, name: id, ...wireSettings(settings) } })
  }
  /** Removes every object: `POST /storage/v1/bucket/{id}/empty`. */
  emptyBucket(id: string): Promise<Result<{ message: string }>> {
    return this.call({ method: 'POST', path: `/bucket/${encodeURIComponent(id)}/empty`, body: {} })
  }
  /** Deletes an empty bucket: `DELETE /storage/v1/bucket/{id}`. */
  deleteBucket(id: string): Promise<Result<{ message: string }>> {
    return this.call({ method: 'DELETE', path: `/bucket/${encodeURIComponent(id)}`, body: {} })
  }

  private call<T>(request: HttpRequest): Promise<Result<T>> {
    return this.http.json({ ...request, path: `/storage/v1${request.path}` })
  }
}

/** The objects of one bucket. Paths are relative to the bucket, without a leading slash. */
export class BucketObjects {
  constructor(
    private readonly http: Http,
    private readonly bucket: string,
  ) {}

  /** Stores a new object: `POST /storage/v1/object/{bucket}/{path}`. */
  upload(path: string, body: UploadBody, options: UploadOptions = {}): Promise<Result<{ id: string; path: string; fullPath: string }>> {
    return this.store('POST', `/object/${this.at(path)}`, path, body, { ...options, upsert: options.upsert === true })
  }
  /** Replaces an object: `PUT /storage/v1/object/{bucket}/{path}`. */
  update(path: string, body: UploadBody, options: UploadOptions = {}): Promise<Result<{ id: string; path: string; fullPath: string }>> {
    return this.store('PUT', `/object/${this.at(path)}`, path, body, options)
  }
  /** Reads an object: `GET /storage/v1/object/{bucket}/{path}`. */
  download(path: string, options: { readonly signal?: AbortSignal } = {}): Promise<Result<Blob>> {
    return settle(async () => {
      const { response, error } = await this.http.send({
        method: 'GET',
        path: `/storage/v1/object/${this.at(path)}`,
        signal: options.signal,
      })
      if (error !== null) throw error
      return response.blob()
    })
  }
  /** One folder's files and folders: `POST /storage/v1/object/list/{bucket}`. */
  list(prefix = '', options: ListOptions = {}): Promise<Result<ListedObject[]>> {
    const body = { limit: 100, offset: 0, sortBy: { column: 'name', order: 'asc' }, ...options, prefix }
    return this.call({ method: 'POST', path: `/object/list/${encodeURIComponent(this.bucket)}`, body })
  }
  /** Deletes objects, at most 1,000 a call: `DELETE /storage/v1/object/{bucket}`. What is missing or forbidden is not in the answer. */
  remove(paths: readonly string[]): Promise<Result<ObjectInfo[]>> {
    return this.call({ method: 'DELETE', path: `/object/${encodeURIComponent(this.bucket)}`, body: { prefixes: paths } })
  }
  /** `GET /storage/v1/object/info/{bucket}/{path}` */
  info(path: string): Promise<Result<ObjectInfo>> {
    return this.call({ method: 'GET', path: `/object/info/${this.at(path)}` })
  }
  /** Is there such an object? `HEAD /storage/v1/object/{bucket}/{path}` */
  exists(path: string): Promise<Result<boolean>> {
    return settle(async () => {
      const { response, error } = await this.http.send({ method: 'HEAD', path: `/storage/v1/object/${this.at(path)}` })
      if (error === null) return true
      if (response.status === 400 || response.status === 404) return false
      throw error
    })
  }
  /** `POST /storage/v1/object/move` */
  move(from: string, to: string, options: { readonly destinationBucket?: string } = {}): Promise<Result<{ message: string }>> {
    return this.call({ method: 'POST', path: '/object/move', body: this.transfer(from, to, options) })
  }
  /** `POST /storage/v1/object/copy` */
  async copy(from: string, to: string, options: { readonly destinationBucket?: string } = {}): Promise<Result<{ path: string }>> {
    const answer = await this.call<{ Key: string }>({ method: 'POST', path: '/object/copy', body: this.transfer(from, to, options) })
    return answer.error === null ? { data: { path: answer.data.Key }, error: null } : answer
  }
  /** A link that works for `expiresInSeconds` without signing in: `POST /storage/v1/object/sign/{bucket}/{path}`. */
  async createSignedUrl(
    path: string,
    expiresInSeconds: number,
    options: { readonly download?: string | boolean } = {},
  ): Promise<Result<{ signedUrl: string }>> {
    const answer = await this.call<{ signedURL: string }>({
      method: 'POST',
      path: `/object/sign/${this.at(path)}`,
      body: { expiresIn: expiresInSeconds },
    })
    return answer.error === null ? { data: { signedUrl: this.absolute(answer.data.signedURL, options.download) }, error: null } : answer
  }
  /** Several links at once: `POST /storage/v1/object/sign/{bucket}`. */
  async createSignedUrls(
    paths: readonly string[],
    expiresInSeconds: number,
    options: { readonly download?: string | boolean } = {},
  ): Promise<Result<{ path: string; signedUrl: string | null; error: string | null }[]>> {
    type Signed = { path: string; signedURL: string | null; error: string | null }
    const answer = await this.call<Signed[]>({
      method: 'POST',
      path: `/object/sign/${encodeURIComponent(this.bucket)}`,
      body: { expiresIn: expiresInSeconds, paths },
    })
    if (answer.error !== null) return answer
    const data = answer.data.map(({ path, signedURL, error }) => ({
      path,
      error,
      signedUrl: signedURL === null ? null : this.absolute(signedURL, options.download),
    }))
    return { data, error: null }
  }
  /** A permission to upload one object: `POST /storage/v1/object/upload/sign/{bucket}/{path}`. */
  async createSignedUploadUrl(
    path: string,
    options: { readonly upsert?: boolean } = {},
  ): Promise<Result<{ signedUrl: string; token: string; path: string }>> {
    const answer = await this.call<{ url: string; token: string }>({
      method: 'POST',
      path: `/object/upload/sign/${this.at(path)}`,
      headers: options.upsert === true ? { 'x-upsert': 'true' } : {},
      body: {},
    })
    return answer.error === null
      ? { data: { signedUrl: this.absolute(answer.data.url), token: answer.data.token, path }, error: null }
      : answer
  }
  /** Uploads with such a permission: `PUT /storage/v1/object/upload/sign/{bucket}/{path}?token=…`. */
  uploadToSignedUrl(
    path: string,
    token: string,
    body: UploadBody,
    options: UploadOptions = {},
  ): Promise<Result<{ id: string; path: string; fullPath: string }>> {
    return this.store('PUT', `/object/upload/sign/${this.at(path)}?token=${encodeURIComponent(token)}`, path, body, options)
  }
  /** The address of an object in a public bucket; no request is made, and nothing is checked. */
  getPublicUrl(path: string, options: { readonly download?: string | boolean } = {}): { data: { publicUrl: string } } {
    return { data: { publicUrl: this.absolute(`/object/public/${this.at(path)}`, options.download) } }
  }

  private at(path: string): string {
    return encodePath(`${this.bucket}/${path.replace(/^\/+/, '')}`)
  }

  private absolute(path: string, download?: string | boolean): string {
    const url = new URL(`${this.http.url}/storage/v1${path}`)
    if (download !== undefined && download !== false) url.searchParams.set('download', download === true ? '' : download)
    return url.toString()
  }

  private transfer(from: string, to: string, options: { readonly destinationBucket?: string }): object {
    return { bucketId: this.bucket, sourceKey: from, destinationKey: to, destinationBucket: options.destinationBucket }
  }

  private async store(
    method: 'POST' | 'PUT',
    target: string,
    path: string,
    body: UploadBody,
    options: UploadOptions,
  ): Promise<Result<{ id: string; path: string; fullPath: string }>> {
    const headers: HeaderMap = { 'cache-control': `max-age=${options.cacheControl ?? 3600}` }
    const blobType = typeof Blob !== 'undefined' && body instanceof Blob ? body.type : ''
    // A form writes its own content type, boundary included.
    if (!(typeof FormData !== 'undefined' && body instanceof FormData)) {
      headers['content-type'] =
        options.contentType ?? (blobType || (typeof body === 'string' ? 'text/plain;charset=UTF-8' : 'application/octet-stream'))
    }
    if (options.upsert === true) headers['x-upsert'] = 'true'
    if (options.metadata !== undefined) headers['x-metadata'] = base64(JSON.stringify(options.metadata))
    const answer = await this.call<{ Id?: string; Key: string }>({ method, path: target, headers, body, signal: options.signal })
    if (answer.error !== null) return answer
    if (typeof answer.data?.Key !== 'string')
      return { data: null, error: new PlinthError('The answer names no object', { code: 'unexpected_response' }) }
    return { data: { id: answer.data.Id ?? '', path, fullPath: answer.data.Key }, error: null }
  }

  private call<T>(request: HttpRequest): Promise<Result<T>> {
    return this.http.json({ ...request, path: `/storage/v1${request.path}` })
  }
}

function wireSettings(settings: BucketSettings): object {
  return { public: settings.public, file_size_limit: settings.fileSizeLimit, allowed_mime_types: settings.allowedMimeTypes }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
