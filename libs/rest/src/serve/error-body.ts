// The one renderer of errors in this dialect: `{"code","details","hint","message"}`, all four keys always there.
import { AppError } from '#libs/kernel'
import { DatabaseError, httpStatusOf } from '#libs/postgres'
import { bodyCodes } from '../rest.errors.ts'

/** A rendered error. */
export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Faults of ours, worth a log line. */
  readonly unexpected: boolean
}

/** PostgREST's codes for what the database layer refuses. */
const databaseCodes: Readonly<Record<string, string>> = {
  'postgres/pool_full': 'PGRST003',
  'postgres/pool_timeout': 'PGRST003',
  'postgres/unavailable': 'PGRST000',
  'postgres/timeout': '57014',
  'catalog/not_loaded': 'PGRST002',
}

/** Headers that say where an answer ends or belong to the connection: a function that set them could garble the answers behind its own. */
const framingHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Renders any error. `authenticated` decides between 401 and 403 for a missing right. */
export function renderError(error: unknown, authenticated: boolean): ErrorAnswer {
  if (error instanceof DatabaseError) {
    const raised = error.sqlstate === 'PGRST' ? renderRaised(error) : undefined
    if (raised !== undefined) return raised
    const status = httpStatusOf(error, authenticated)
    return answer(status, error.sqlstate, error.message, error.detail ?? null, error.hint ?? missingGrantHint(error), challenge(status))
  }
  if (error instanceof AppError) return renderAppError(error)
  const { statusCode, code } = error as { statusCode?: number; code?: string }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return answer(413, 'PLINTH413', 'The request body is too large', null, null)
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return answer(statusCode, `PLINTH${statusCode}`, (error as Error).message, null, null)
  return { ...answer(500, 'PLINTH500', 'Internal error', null, null), unexpected: true }
}

/**
 * New tables are closed, so this is the first error of every newcomer: it says how to open one. Says nothing that the
 * message does not, and stays silent on rows that a policy refuses, where the policy is the answer.
 */
function missingGrantHint(error: DatabaseError): string | null {
  if (error.sqlstate !== '42501' || !error.message.startsWith('permission denied for ')) return null
  return 'This role was granted no such right. The owner opens a table in the console under Policies, or in SQL with GRANT and a row-level-security policy.'
}

function renderAppError(error: AppError): ErrorAnswer {
  const { extra } = error
  const headers: Record<string, string> =
    typeof extra.wwwAuthenticate === 'string' ? { 'www-authenticate': extra.wwwAuthenticate } : challenge(error.status)
  if (typeof extra.contentRange === 'string') headers['content-range'] = extra.contentRange
  const message = typeof extra.pgrstMessage === 'string' ? extra.pgrstMessage : error.message
  const code = typeof extra.pgrstCode === 'string' ? extra.pgrstCode : codeOf(error)
  return answer(error.status, code, message, extra.details ?? null, error.hint ?? null, headers)
}

function codeOf(error: AppError): string {
  if (error.area === 'rest') return error.code.startsWith('PGRST') ? error.code : (bodyCodes[error.code] ?? `PLINTH${error.status}`)
  return databaseCodes[`${error.area}/${error.code}`] ?? `PLINTH${error.status}`
}

/** `raise sqlstate 'PGRST' using message = '{"code","message",…}', detail = '{"status":…,"headers":{…}}'`: the function decides. */
function renderRaised(error: DatabaseError): ErrorAnswer | undefined {
  try {
    const said = JSON.parse(error.message) as { code: string; message: string; details?: string; hint?: string }
    const wanted = JSON.parse(error.detail ?? '') as { status: number; headers?: Record<string, string> }
    if (typeof said.code !== 'string' || typeof said.message !== 'string' || !isStatus(wanted.status)) throw new TypeError('incomplete')
    return answer(wanted.status, said.code, said.message, said.details ?? null, said.hint ?? null, safeHeaders(wanted.headers ?? {}))
  } catch {
    const hint =
      'DETAIL must be a JSON object with obligatory keys: "status", "headers" and optional key: "status_text". MESSAGE must be one with "code", "message" and optional "details", "hint".'
    return answer(500, 'PGRST121', 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error', null, hint)
  }
}

function isStatus(status: unknown): boolean {
  return typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599
}

function safeHeaders(headers: Record<string, unknown>): Record<string, string> {
  const valid = Object.entries(headers).filter(
    (entry): entry is [string, string] =>
      /^[\w-]+$/.test(entry[0]) &&
      !framingHeaders.has(entry[0].toLowerCase()) &&
      typeof entry[1] === 'string' &&
      /^[\t\x20-\x7e]*$/.test(entry[1]),
  )
  return Object.fromEntries(valid)
}

function challenge(status: number): Record<string, string> {
  return status === 401 ? { 'www-authenticate': 'Bearer' } : {}
}

function answer(
  status: number,
  code: string,
  message: string,
  details: unknown,
  hint: string | null,
  headers: Record<string, string> = {},
): ErrorAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'proxy-status': `PostgREST; error=${code.replace(/[^\w.-]/g, '')}`,
      ...headers,
    },
    body: JSON.stringify({ code, details, hint, message }),
    unexpected: false,
  }
}
