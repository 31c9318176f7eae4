// The ONE renderer of the storage dialect: `{"statusCode","error","message","code"}`, and mostly HTTP 400 whatever the
// statusCode inside says, because that is what its clients expect (contracts: supabase.md 3.1).
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError, type Logger } from '#libs/kernel'
import { DatabaseError, httpStatusOf } from '#libs/postgres'
import { dialectNames, storageErrors, type StorageErrorCode } from '../storage.errors.ts'

/** Refusals that keep their status outside: nobody reads the body of a missed range, a full server or an unknown path. */
const spokenStatuses: ReadonlySet<StorageErrorCode> = new Set(['range_unsatisfiable', 'body_too_large', 'database_busy', 'path_unknown'])

/** Answers with the error; what is our fault is logged with its cause. */
export function renderStorageError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const error = asStorageError(thrown)
  const code = error.code as StorageErrorCode
  if (error.status >= 500) logger.error({ requestId: request.id, err: error.cause ?? error, detail: error.detail }, error.message)
  const names = dialectNames[code]
  if (code === 'range_unsatisfiable') reply.header('content-range', `bytes */${String(error.extra.size)}`)
  reply
    .status(error.status >= 500 || spokenStatuses.has(code) ? error.status : 400)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send({ statusCode: String(error.status), error: names.error ?? names.code, message: error.message, code: names.code })
}

/** Whatever was thrown, as a refusal of this lib's registry. */
export function asStorageError(thrown: unknown): AppError {
  if (thrown instanceof DatabaseError) return ofDatabase(thrown)
  if (thrown instanceof AppError) return ofArea[thrown.area]?.(thrown) ?? storageErrors.unexpected({ cause: thrown })
  return ofFramework(thrown)
}

/** Other libs' refusals in the words of this dialect. */
const ofArea: Readonly<Record<string, (error: AppError) => AppError>> = {
  storage: (error) => error,
  // The key or token in the headers; a signed URL's token is refused by this lib itself.
  identity: (error) => storageErrors.access_denied({ params: { reason: error.message }, cause: error }),
  blob: (error) => {
    const input = { cause: error.cause ?? error, detail: error.detail }
    if (error.code === 'not_found') return storageErrors.object_not_found(input)
    if (error.code === 'too_large') return storageErrors.object_too_large(input)
    if (error.code === 'interrupted') return storageErrors.upload_interrupted(input)
    if (error.code === 'full') return storageErrors.store_full(input)
    return error.code === 'unavailable' ? storageErrors.store_unavailable(input) : storageErrors.unexpected({ cause: error })
  },
  postgres: (error) => {
    if (error.code === 'pool_full') return storageErrors.database_busy({ cause: error })
    if (error.status === 504) return storageErrors.database_timeout({ cause: error })
    return error.status === 503 ? storageErrors.database_unavailable({ cause: error }) : storageErrors.unexpected({ cause: error })
  },
}

function ofDatabase(error: DatabaseError): AppError {
  const { sqlstate, message } = error
  if (sqlstate === '42501') return storageErrors.access_denied({ params: { reason: message }, cause: error })
  if (sqlstate === '23505') return storageErrors.resource_exists({ cause: error })
  if (sqlstate === '23503') return storageErrors.bucket_not_found({ cause: error })
  if (sqlstate === '57014') return storageErrors.database_timeout({ cause: error })
  // What an owner's own trigger or policy function raises is meant for the caller.
  if (httpStatusOf(error, true) < 500) return storageErrors.database_refused({ params: { reason: message }, cause: error })
  return storageErrors.unexpected({ cause: error })
}

function ofFramework(thrown: unknown): AppError {
  const { code, statusCode, message } = (thrown ?? {}) as { code?: string; statusCode?: number; message?: string }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || code === 'FST_INVALID_MULTIPART_CONTENT_TYPE') {
    return storageErrors.content_type_malformed({ cause: thrown })
  }
  if (statusCode === 413) return storageErrors.body_too_large({ cause: thrown })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return storageErrors.request_invalid({ params: { reason: message ?? 'Bad Request' }, cause: thrown })
  }
  return storageErrors.unexpected({ cause: thrown })
}
