import { describe, expect, it } from 'vitest'
import { blobErrors } from '#libs/blob'
import { DatabaseError } from '#libs/postgres'
import { storageErrors } from '../storage.errors.ts'
import { asStorageError } from './render-error.ts'

const database = (sqlstate: string, message = 'words of Postgres') => new DatabaseError({ sqlstate, message })

describe('asStorageError', () => {
  it.each([
    [database('42501', 'new row violates row-level security policy'), 'access_denied', 'new row violates row-level security policy'],
    [database('23505'), 'resource_exists', 'The resource already exists'],
    [database('23503'), 'bucket_not_found', 'Bucket not found'],
    [database('57014'), 'database_timeout', 'The connection to the database timed out'],
    [database('P0001', 'quota of this user is used up'), 'database_refused', 'quota of this user is used up'],
    [database('XX000', 'internal words'), 'unexpected', 'Internal Server Error'],
    [blobErrors.not_found(), 'object_not_found', 'Object not found'],
    [blobErrors.too_large({ params: { maxBytes: 1 } }), 'object_too_large', 'The object exceeded the maximum allowed size'],
    [blobErrors.interrupted(), 'upload_interrupted', 'The upload ended before all of it had arrived'],
    [blobErrors.full(), 'store_full', 'The storage of this server is full'],
    [blobErrors.unavailable(), 'store_unavailable', 'The object store is not available; try again later'],
    [blobErrors.key_invalid(), 'unexpected', 'Internal Server Error'],
    [new TypeError('secret internals'), 'unexpected', 'Internal Server Error'],
    [undefined, 'unexpected', 'Internal Server Error'],
    [Object.assign(new Error('Body too large'), { statusCode: 413 }), 'body_too_large', 'The body of this request is too large'],
    [storageErrors.object_not_found(), 'object_not_found', 'Object not found'],
  ])('%s is %s', (thrown, code, message) => {
    expect(asStorageError(thrown)).toMatchObject({ area: 'storage', code, message })
  })
})
