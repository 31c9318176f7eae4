// The one place where an admin API error body is made.
import { AppError } from '#libs/kernel'
import { DatabaseError, httpStatusOf } from '#libs/postgres'
import type { AdminError } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'

/** What goes over the wire, and whether the cause has to be logged as a fault of ours. */
export interface RenderedError {
  readonly status: number
  readonly body: AdminError
  readonly fault: boolean
}

/** Renders anything that was thrown while a request of the admin API was served. */
export function renderAdminError(error: unknown, requestId: string): RenderedError {
  if (error instanceof DatabaseError) return renderDatabaseError(error, requestId)
  const known = error instanceof AppError ? error : (knownFrameworkError(error) ?? consoleErrors.internal({ cause: error }))
  const { sqlstate, position, line, detail } = known.extra as { sqlstate?: string; position?: number; line?: number; detail?: string }
  return {
    status: known.status,
    fault: known.status >= 500,
    body: {
      error: {
        code: known.code,
        message: known.message,
        ...(known.hint === undefined ? {} : { hint: known.hint }),
        ...(sqlstate === undefined ? {} : { sqlstate }),
        ...(position === undefined ? {} : { position }),
        ...(line === undefined ? {} : { line }),
        ...(detail === undefined ? {} : { detail }),
        requestId,
      },
    },
  }
}

/** Owners may see everything that Postgres says, the detail included. */
function renderDatabaseError(error: DatabaseError, requestId: string): RenderedError {
  const status = httpStatusOf(error, true)
  return {
    status,
    fault: status >= 500,
    body: {
      error: {
        code: 'database_error',
        message: error.message,
        ...(error.hint ? { hint: error.hint } : {}),
        ...(error.detail ? { detail: error.detail } : {}),
        sqlstate: error.sqlstate,
        requestId,
      },
    },
  }
}

/** Errors of Fastify and Nest that a caller can cause; their own texts are not ours to promise. */
function knownFrameworkError(error: unknown): AppError | undefined {
  const { statusCode, code, status } = (error ?? {}) as { statusCode?: number; code?: string; status?: number }
  const answer = statusCode ?? status
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || answer === 415) return consoleErrors.unsupported_media_type()
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || answer === 413) return consoleErrors.body_too_large()
  if (answer === 400) return consoleErrors.invalid_body()
  return undefined
}
