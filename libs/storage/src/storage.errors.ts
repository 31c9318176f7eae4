// The storage dialect's refusals. `status` is the statusCode inside the body; the HTTP status is mostly 400 whatever it
// says (contracts: supabase.md 3.1), which is the renderer's business.
import { defineErrors } from '#libs/kernel'

const definitions = {
  bucket_not_found: { status: 404, message: 'Bucket not found' },
  object_not_found: { status: 404, message: 'Object not found' },
  resource_exists: { status: 409, message: 'The resource already exists' },
  bucket_not_empty: { status: 409, message: 'The bucket you tried to delete is not empty' },
  access_denied: { status: 403, message: '{reason}' },
  object_too_large: { status: 413, message: 'The object exceeded the maximum allowed size' },
  bucket_limit_too_large: { status: 413, message: 'The object exceeded the maximum allowed size' },
  body_too_large: { status: 413, message: 'The body of this request is too large' },
  mime_type_refused: { status: 415, message: 'mime type {type} is not supported' },
  content_type_malformed: { status: 415, message: 'Invalid Content-Type header' },
  token_refused: { status: 400, message: '{reason}' },
  token_for_another: { status: 400, message: 'Invalid signature' },
  bucket_name_invalid: { status: 400, message: 'Bucket name invalid' },
  key_invalid: { status: 400, message: 'Invalid key: {key}' },
  range_malformed: { status: 400, message: 'invalid range provided' },
  range_unsatisfiable: { status: 416, message: 'invalid range provided' },
  request_invalid: { status: 400, message: '{reason}' },
  body_invalid: { status: 400, message: '{reason}' },
  parameter_invalid: { status: 400, message: 'Invalid Parameter {name}' },
  upload_interrupted: { status: 400, message: 'The upload ended before all of it had arrived' },
  feature_missing: { status: 409, message: 'The feature {feature} is not enabled for this resource' },
  path_unknown: { status: 404, message: 'Route {method}:{path} not found' },
  store_full: { status: 507, message: 'The storage of this server is full' },
  store_unavailable: { status: 503, message: 'The object store is not available; try again later' },
  database_busy: { status: 429, message: 'Too many connections issued to the database' },
  database_timeout: { status: 544, message: 'The connection to the database timed out' },
  database_unavailable: { status: 503, message: 'The database is not available; try again later' },
  database_refused: { status: 400, message: '{reason}' },
  unexpected: { status: 500, message: 'Internal Server Error' },
} as const

/** Refusals of the storage API. */
export const storageErrors = defineErrors('storage', definitions)

/** The code of a refusal in our own registry. */
export type StorageErrorCode = keyof typeof definitions

/** The dialect's `code` and `error` of each refusal; where `error` is left out it repeats the code. */
export const dialectNames: Readonly<Record<StorageErrorCode, { readonly code: string; readonly error?: string }>> = {
  bucket_not_found: { code: 'NoSuchBucket', error: 'Bucket not found' },
  object_not_found: { code: 'NoSuchKey', error: 'not_found' },
  resource_exists: { code: 'ResourceAlreadyExists', error: 'Duplicate' },
  bucket_not_empty: { code: 'ResourceNotEmpty' },
  access_denied: { code: 'AccessDenied', error: 'Unauthorized' },
  object_too_large: { code: 'EntityTooLarge', error: 'Payload too large' },
  bucket_limit_too_large: { code: 'EntityTooLarge', error: 'Payload too large' },
  body_too_large: { code: 'EntityTooLarge', error: 'Payload too large' },
  mime_type_refused: { code: 'InvalidMimeType', error: 'invalid_mime_type' },
  content_type_malformed: { code: 'InvalidMimeType', error: 'invalid_mime_type' },
  token_refused: { code: 'InvalidJWT' },
  token_for_another: { code: 'InvalidSignature' },
  bucket_name_invalid: { code: 'InvalidBucketName', error: 'Invalid Input' },
  key_invalid: { code: 'InvalidKey' },
  range_malformed: { code: 'InvalidRange', error: 'invalid_range' },
  range_unsatisfiable: { code: 'InvalidRange', error: 'invalid_range' },
  request_invalid: { code: 'InvalidRequest' },
  body_invalid: { code: 'InvalidRequest', error: 'Error' },
  parameter_invalid: { code: 'InvalidParameter' },
  upload_interrupted: { code: 'InvalidRequest' },
  feature_missing: { code: 'FeatureNotEnabled' },
  path_unknown: { code: 'NoSuchRoute', error: 'Not Found' },
  store_full: { code: 'StorageFull' },
  store_unavailable: { code: 'ServiceUnavailable' },
  database_busy: { code: 'SlowDown', error: 'too_many_connections' },
  database_timeout: { code: 'DatabaseTimeout' },
  database_unavailable: { code: 'ServiceUnavailable' },
  database_refused: { code: 'DatabaseError' },
  unexpected: { code: 'InternalError', error: 'Internal' },
}
