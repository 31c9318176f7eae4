// The one renderer of the auth dialect. Two shapes: the newer one for callers that name an API version from 2024-01-01
// on (auth-js always does), the older one for all others.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError, type Logger } from '#libs/kernel'
import { DatabaseError } from '#libs/postgres'
import { authErrors, wireCodes } from '../auth.errors.ts'

const versionHeader = 'x-supabase-api-version'
const newShapeSince = '2024-01-01'

/** The API version that the caller gets; undefined: the older shape. */
export function apiVersionOf(request: FastifyRequest): string | undefined {
  const given = request.headers[versionHeader]
  return typeof given === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(given) && given >= newShapeSince ? newShapeSince : undefined
}

/** Writes any failure in GoTrue's shape, with the `x-sb-error-code` header. What is ours to repair is logged. */
export function renderAuthError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, logger?: Logger): void {
  const error = asAuthError(thrown)
  if (error.status >= 500) logger?.error({ requestId: request.id, err: error.cause ?? thrown, detail: error.detail }, error.message)
  const code = wireCodes[error.code] ?? error.code
  const { weakPasswordReasons, retryAfterSeconds } = error.extra
  const weakPassword = weakPasswordReasons === undefined ? {} : { weak_password: { reasons: weakPasswordReasons, message: error.message } }
  const version = apiVersionOf(request)
  if (version !== undefined) reply.header(versionHeader, version)
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
  if (error.status === 401) reply.header('www-authenticate', 'Bearer')
  const body =
    version !== undefined
      ? { code, message: error.message, ...weakPassword }
      : {
          code: error.status,
          error_code: code,
          msg: error.message,
          ...(error.status >= 500 ? { error_id: request.id } : {}),
          ...weakPassword,
        }
  reply.status(error.status).header('x-sb-error-code', code).type('application/json; charset=utf-8').send(body)
}

/** Whatever was thrown, as an error of this dialect: failures of lower layers and of the HTTP server keep their meaning. */
function asAuthError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown.area === 'auth' ? thrown : fromOtherArea(thrown)
  if (thrown instanceof DatabaseError) return authErrors.database_refused({ params: { doing: 'processing the request' }, cause: thrown })
  const { status, statusCode, code } = (thrown ?? {}) as { status?: unknown; statusCode?: unknown; code?: unknown }
  const http = typeof statusCode === 'number' ? statusCode : status
  if (http === 413) return authErrors.body_too_large({ cause: thrown })
  if (http === 415) return authErrors.media_type_unsupported({ cause: thrown })
  if (typeof http === 'number' && http >= 400 && http < 500) {
    const reason = thrown instanceof Error ? thrown.message : 'malformed request'
    const isJson = thrown instanceof SyntaxError || (typeof code === 'string' && code.startsWith('FST_ERR_CTP'))
    return isJson
      ? authErrors.bad_json({ params: { reason }, cause: thrown })
      : authErrors.validation_failed({ params: { reason }, cause: thrown })
  }
  return authErrors.unexpected_failure({ cause: thrown })
}

function fromOtherArea(error: AppError): AppError {
  if (error.area === 'identity' && error.status === 401) {
    if (error.code === 'token_revoked') return authErrors.session_of_token_gone({ cause: error })
    return authErrors.bad_jwt({ params: { reason: `invalid JWT: unable to parse or verify signature, ${error.message}` }, cause: error })
  }
  if (error.status === 504) return authErrors.request_timeout({ cause: error })
  if (error.status === 503) return authErrors.unavailable({ params: { reason: error.message }, cause: error, detail: error.detail })
  return authErrors.unexpected_failure({ cause: error, detail: error.detail })
}
