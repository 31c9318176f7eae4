// The one renderer of errors in this dialect: `{"code","details","hint","message"}`, all four keys always there.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '#libs/kernel'
import { DatabaseError, httpStatusOf, RAISED_ANSWER, raisedAnswer } from '#libs/postgres'
import { StepFailure } from '../batch/step-failure.ts'
import { bodyCodes } from '../rest.errors.ts'
import { isSafeHeader } from './response-settings.ts'

/** A rendered error. */
export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The reason phrase, where a function chose one. */
  readonly statusText?: string
  /** Faults of ours, worth a log line. */
  readonly unexpected: boolean
}

/** PostgREST's codes, and where it has them its words, for what the database layer refuses. */
const databaseCodes: Readonly<Record<string, { readonly code: string; readonly status?: number; readonly message?: string }>> = {
  'postgres/pool_full': { code: 'PGRST003' },
  'postgres/pool_timeout': { code: 'PGRST003', message: 'Timed out acquiring connection from connection pool.' },
  'postgres/unavailable': { code: 'PGRST000', message: 'Database connection error.' },
  // Whoever's timer it was, the caller hears what Postgres says of its own.
  'postgres/timeout': {
    code: '57014',
    status: httpStatusOf({ sqlstate: '57014', message: '' }, true),
    message: 'canceling statement due to statement timeout',
  },
  'catalog/not_loaded': { code: 'PGRST002' },
}

/** Renders any error. `authenticated` decides between 401 and 403 for a missing right. */
export function renderError(error: unknown, authenticated: boolean): ErrorAnswer {
  if (error instanceof StepFailure) return ofStep(renderError(error.cause, authenticated), error.step)
  if (error instanceof DatabaseError) {
    if (error.sqlstate === RAISED_ANSWER) return renderRaised(error)
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

/** A step of a batch fails as it would alone; a fifth key says which it was. */
function ofStep(rendered: ErrorAnswer, step: string): ErrorAnswer {
  return { ...rendered, body: `${rendered.body.slice(0, -1)},"step":${JSON.stringify(step)}}` }
}

/**
 * New tables are closed, so this is the first error of every newcomer: it says how to open one. Says nothing that the
 * message does not, and stays silent on rows that a policy refuses, where the policy is the answer.
 */
function missingGrantHint(error: DatabaseError): string | null {
  if (error.sqlstate !== '42501' || !error.message.startsWith('permission denied for ')) return null
  return 'This role was granted no such right. The owner opens a table in the console under Policies, or in SQL with GRANT and a row-level-security policy.'
}

/** Sends a rendered error; HEAD gets its status and headers. */
export function sendRendered(rendered: ErrorAnswer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (rendered.statusText !== undefined) reply.raw.statusMessage = rendered.statusText
  return reply
    .code(rendered.status)
    .headers(rendered.headers)
    .send(request.method === 'HEAD' ? undefined : rendered.body)
}

/** Answers what was refused before any route in this dialect's shape. False when the URL is not the dialect's. */
export function sendFrameworkError(error: unknown, request: FastifyRequest, reply: FastifyReply): boolean {
  if (!/^\/rest\/v1(?:[/?]|$)/.test(request.raw.url ?? '')) return false
  // No hook of the request's frame has run yet.
  sendRendered(renderError(error, false), request, reply.header('x-request-id', request.id))
  return true
}

function renderAppError(error: AppError): ErrorAnswer {
  const { extra } = error
  const headers: Record<string, string> =
    typeof extra.wwwAuthenticate === 'string' ? { 'www-authenticate': extra.wwwAuthenticate } : challenge(error.status)
  if (typeof extra.contentRange === 'string') headers['content-range'] = extra.contentRange
  const known = databaseCodes[`${error.area}/${error.code}`]
  const message = typeof extra.pgrstMessage === 'string' ? extra.pgrstMessage : (known?.message ?? error.message)
  const code = typeof extra.pgrstCode === 'string' ? extra.pgrstCode : (known?.code ?? codeOf(error))
  return answer(known?.status ?? error.status, code, message, extra.details ?? null, error.hint ?? null, headers)
}

function codeOf(error: AppError): string {
  if (error.area === 'rest') return error.code.startsWith('PGRST') ? error.code : (bodyCodes[error.code] ?? `PLINTH${error.status}`)
  return `PLINTH${error.status}`
}

/** What the owner's function says. */
function renderRaised(error: DatabaseError): ErrorAnswer {
  const raised = raisedAnswer(error)
  if (raised === 'message') return unreadable(`Invalid JSON value for MESSAGE: '${error.message}'`, true)
  if (raised === 'no detail') return unreadable('DETAIL is missing in the RAISE statement', false)
  if (raised === 'detail') return unreadable(`Invalid JSON value for DETAIL: '${error.detail}'`, false)
  const { status, code, message, details, hint, headers, statusText } = raised
  const own = Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => isSafeHeader(...entry)))
  return { ...answer(status, code, message, details, hint, own), statusText }
}

/** PGRST121. */
function unreadable(details: string, isMessage: boolean): ErrorAnswer {
  const hint = isMessage
    ? "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'."
    : "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."
  return answer(500, 'PGRST121', 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error', details, hint)
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
