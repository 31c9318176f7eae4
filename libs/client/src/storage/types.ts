// The objects of the storage API as they travel.

/** A bucket. */
export interface Bucket {
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly public: boolean
  readonly file_size_limit: number | null
  readonly allowed_mime_types: readonly string[] | null
  readonly created_at: string
  readonly updated_at: string
}

/** Settings of a bucket. `fileSizeLimit` in bytes or as text such as `20MB`. */
export interface BucketSettings {
  readonly public?: boolean
  readonly fileSizeLimit?: number | string | null
  readonly allowedMimeTypes?: readonly string[] | null
}

/** A listed file; a folder has null for everything but its name. */
export interface ListedObject {
  readonly name: string
  readonly id: string | null
  readonly updated_at: string | null
  readonly created_at: string | null
  readonly last_accessed_at: string | null
  readonly metadata: {
    readonly eTag: string
    readonly size: number
    readonly mimetype: string
    readonly cacheControl: string
    readonly lastModified: string
    readonly contentLength: number
    readonly httpStatusCode: number
  } | null
}

/** What is known about one object. */
export interface ObjectInfo {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly bucket_id: string
  readonly size: number
  readonly content_type: string
  readonly cache_control: string
  readonly etag: string
  readonly metadata: Record<string, unknown> | null
  readonly last_modified: string
  readonly created_at: string
}

/** Bytes to upload. */
export type UploadBody = Blob | ArrayBuffer | ArrayBufferView | ReadableStream | FormData | URLSearchParams | string

/** How to store an upload. */
export interface UploadOptions {
  /** Media type; a Blob's own, else `application/octet-stream`. */
  readonly contentType?: string
  /** Seconds for `Cache-Control: max-age`. Default 3600. */
  readonly cacheControl?: number | string
  /** Replace an object that is there. Default false: an existing name is an error. */
  readonly upsert?: boolean
  /** Kept with the object. */
  readonly metadata?: Record<string, unknown>
  readonly signal?: AbortSignal
}

/** How to list a folder. */
export interface ListOptions {
  readonly limit?: number
  readonly offset?: number
  readonly sortBy?: { readonly column: 'name' | 'updated_at' | 'created_at' | 'last_accessed_at'; readonly order?: 'asc' | 'desc' }
  readonly search?: string
}
