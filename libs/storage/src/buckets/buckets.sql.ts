// The statements on storage.buckets. Column lists and sort orders come from constants; every value is a parameter.
import type { Sql } from '../storage-database.ts'

/** A point in time the way the dialect writes it: UTC with milliseconds. */
export const isoTime = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const bucketJson = `json_build_object('id', b.id, 'name', b.name, 'owner', coalesce(b.owner_id, b.owner::text, ''), 'public', b.public,
  'type', b.type, 'file_size_limit', b.file_size_limit, 'allowed_mime_types', b.allowed_mime_types,
  'created_at', ${isoTime('b.created_at')}, 'updated_at', ${isoTime('b.updated_at')})`

const textArray = (parameter: string) =>
  `CASE WHEN ${parameter}::json IS NULL THEN NULL ELSE ARRAY(SELECT json_array_elements_text(${parameter}::json)) END`

/** A uuid in the text, else NULL: the deprecated column `owner` takes only uuids. */
export const uuidOrNull = (parameter: string) =>
  `CASE WHEN ${parameter}::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN ${parameter}::uuid END`

/** What a new bucket is made of. */
export interface NewBucket {
  readonly id: string
  readonly name: string
  readonly ownerId: string | undefined
  readonly public: boolean
  readonly fileSizeLimit: number | null
  readonly allowedMimeTypes: readonly string[] | null
}

/** Without RETURNING: whoever may make a bucket need not be allowed to see it. */
export function insertBucket(bucket: NewBucket): Sql {
  return {
    text: `INSERT INTO storage.buckets (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types)
      VALUES ($1, $2, ${uuidOrNull('$3')}, $3, $4, $5, ${textArray('$6')})`,
    values: [bucket.id, bucket.name, bucket.ownerId, bucket.public, bucket.fileSizeLimit, jsonOrNull(bucket.allowedMimeTypes)],
  }
}

/** One column: the bucket as JSON. */
export function selectBucket(id: string): Sql {
  return { text: `SELECT ${bucketJson}::text FROM storage.buckets b WHERE b.id = $1`, values: [id] }
}

/** public, file_size_limit, allowed_mime_types as JSON. */
export function selectBucketLimits(id: string): Sql {
  return {
    text: `SELECT b.public::text, b.file_size_limit::text, array_to_json(b.allowed_mime_types)::text FROM storage.buckets b WHERE b.id = $1`,
    values: [id],
  }
}

/** The order and page of a list of buckets. */
export interface BucketPage {
  readonly sortColumn: 'id' | 'name' | 'created_at' | 'updated_at'
  readonly sortOrder: 'asc' | 'desc'
  readonly limit: number
  readonly offset: number
  readonly search: string | undefined
}

/** One value: the JSON array. */
export function selectBuckets(page: BucketPage): Sql {
  const order = `b.${page.sortColumn} ${page.sortOrder}, b.id`
  return {
    text: `SELECT coalesce(json_agg(${bucketJson} ORDER BY ${order}), '[]')::text FROM (
        SELECT * FROM storage.buckets b WHERE $1::text IS NULL OR b.name ILIKE $1 ORDER BY ${order} LIMIT $2 OFFSET $3
      ) b`,
    values: [page.search === undefined ? null : `%${likeLiteral(page.search)}%`, page.limit, page.offset],
  }
}

/** What to change; undefined leaves a column alone. */
export interface BucketChange {
  readonly public?: boolean
  readonly fileSizeLimit?: number | null
  readonly allowedMimeTypes?: readonly string[] | null
}

export function updateBucketRow(id: string, change: BucketChange): Sql {
  return {
    text: `UPDATE storage.buckets SET public = CASE WHEN $2 THEN $3::boolean ELSE public END,
        file_size_limit = CASE WHEN $4 THEN $5::bigint ELSE file_size_limit END,
        allowed_mime_types = CASE WHEN $6 THEN ${textArray('$7')} ELSE allowed_mime_types END, updated_at = now()
      WHERE id = $1`,
    values: [
      id,
      change.public !== undefined,
      change.public,
      change.fileSizeLimit !== undefined,
      change.fileSizeLimit,
      change.allowedMimeTypes !== undefined,
      jsonOrNull(change.allowedMimeTypes),
    ],
  }
}

export function deleteBucketRow(id: string): Sql {
  return { text: 'DELETE FROM storage.buckets WHERE id = $1', values: [id] }
}

/** The text as a part of a LIKE pattern that means itself. */
export function likeLiteral(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

function jsonOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}
