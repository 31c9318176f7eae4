import { z } from 'zod'
import { isMimePattern } from '../objects/mime-types.ts'
import { storageErrors } from '../storage.errors.ts'

const bucketName = /^[A-Za-z0-9_!.*'() &$=@;:+,?-]{1,100}$/
const units: Readonly<Record<string, number>> = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 }

/** The name, or `storage/bucket_name_invalid`. A bucket is one part of a path, so `.` and `..` are no names. */
export function checkedBucketName(name: string): string {
  if (!bucketName.test(name) || name.trim() !== name || name === '.' || name === '..') throw storageErrors.bucket_name_invalid()
  return name
}

/** Bytes of `20MB`, `1.5GB`, `500` or 500; units are powers of 1024. */
export function parseFileSize(size: string | number): number {
  const found = /^(\d+(?:\.\d+)?)\s*(gb|mb|kb|b)?$/i.exec(String(size))
  const bytes = found === null ? Number.NaN : Math.floor(Number(found[1]) * units[(found[2] ?? 'b').toLowerCase()]!)
  if (!Number.isSafeInteger(bytes)) {
    throw storageErrors.request_invalid({ params: { reason: 'Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B' } })
  }
  return bytes
}

const limitFields = {
  public: z.boolean('must be boolean').optional(),
  file_size_limit: z.union([z.number().int().nonnegative(), z.string()], 'must be integer or string').nullish(),
  allowed_mime_types: z
    .array(z.string('must be string').refine(isMimePattern, 'must be a media type such as image/png or image/*'), 'must be array')
    .max(200, 'must NOT have more than 200 items')
    .nullish(),
}

/** Body of POST /bucket. */
export const createBucketBody = z.object({
  name: z.string('must be string'),
  id: z.string('must be string').optional(),
  type: z.enum(['STANDARD', 'ANALYTICS'], 'must be equal to one of the allowed values').optional(),
  ...limitFields,
})

/** Body of PUT /bucket/:id; a field that is left out stays as it is. */
export const updateBucketBody = z.object(limitFields)

/** Query of GET /bucket. */
export const listBucketsQuery = z.object({
  limit: z.coerce.number('must be integer').int().min(1).max(10_000).optional(),
  offset: z.coerce
    .number('must be integer')
    .int()
    .min(0)
    .max(2 ** 31)
    .optional(),
  sortColumn: z.enum(['id', 'name', 'created_at', 'updated_at'], 'must be equal to one of the allowed values').optional(),
  sortOrder: z.enum(['asc', 'desc'], 'must be equal to one of the allowed values').optional(),
  search: z.string().max(200).optional(),
})
