// One shape for everything that can go wrong on the wire, whichever API answered.
import { PlinthError } from '@plinth/client'

/** A refusal or a failure, with all that helps to understand and report it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly hint: string | undefined
  readonly detail: string | undefined
  readonly requestId: string | undefined
  readonly sqlstate: string | undefined
  /** Offset into the SQL text, counted from 1. */
  readonly position: number | undefined

  constructor(
    message: string,
    facts: { status: number; code: string; hint?: string; detail?: string; requestId?: string; sqlstate?: string; position?: number },
  ) {
    super(message)
    this.status = facts.status
    this.code = facts.code
    this.hint = facts.hint
    this.detail = facts.detail
    this.requestId = facts.requestId
    this.sqlstate = facts.sqlstate
    this.position = facts.position
  }
}

/** Any thrown value as an ApiError. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof PlinthError) {
    return new ApiError(error.message, {
      status: error.status,
      code: error.code,
      hint: error.hint ?? undefined,
      detail: error.details ?? undefined,
      requestId: lastFailedRequestId(error),
    })
  }
  return new ApiError(error instanceof Error ? error.message : String(error), { status: 0, code: 'unexpected' })
}

/** What to do about it, in one sentence. */
export function remedyOf(error: ApiError): string {
  if (error.hint !== undefined && error.hint !== '') return error.hint
  if (error.status === 0) return 'Check that the server runs and that this page can reach it, then try again.'
  if (error.code === 'wrong_credentials') return 'Check the address and the password, then try again.'
  if (error.status === 401) return 'Sign in again.'
  if (error.status === 403) return 'This account may not do that. Look at the grants and policies of the table.'
  if (error.status === 404) return 'It may have been renamed or removed meanwhile. Reload the page.'
  if (error.status === 409) return 'Change the value that collides, or change the other row first.'
  if (error.status === 429) return 'Wait a moment, then try again.'
  if (error.status >= 500) return 'Look into the server log under the request id, then try again.'
  return 'Correct the input and try again.'
}

const requestIds = new Map<string, string>()

/** Keeps the request id of a failed SDK call until the error is shown: the SDK's own error does not carry it. */
export function noteFailedRequest(message: string, requestId: string): void {
  if (requestIds.size > 50) requestIds.clear()
  requestIds.set(message, requestId)
}
function lastFailedRequestId(error: PlinthError): string | undefined {
  return requestIds.get(error.message)
}
