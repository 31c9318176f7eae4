// Calls of the admin API: same origin, session cookie, JSON both ways.
import type { AdminError } from '#admin-api'
import { ApiError } from './api-error.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
type Query = Readonly<Record<string, string | number | boolean | undefined>>

interface AdminCall {
  readonly body?: unknown
  readonly query?: Query
  readonly signal?: AbortSignal
}

const onSignedOut = new Set<() => void>()

/** Called when the server says that the session is over. Returns the way to stop listening. */
export function whenSignedOut(listener: () => void): () => void {
  onSignedOut.add(listener)
  return () => onSignedOut.delete(listener)
}

/** One request to /admin/v1; rejects with an {@link ApiError}. */
export async function admin<T>(method: Method, path: string, call: AdminCall = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' }
  // The cookie alone must not be able to change anything: another site can send it, but not this header.
  if (method !== 'GET') headers['x-plinth-console'] = '1'
  if (call.body !== undefined) headers['content-type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(`/admin/v1${path}${queryText(call.query)}`, {
      method,
      headers,
      credentials: 'same-origin',
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      signal: call.signal,
    })
  } catch (error) {
    if (call.signal?.aborted === true) throw error
    throw new ApiError('The server could not be reached.', { status: 0, code: 'network_error', detail: String(error) })
  }
  const text = await response.text()
  if (!response.ok) throw refusal(response, text, path)
  if (text === '') return undefined as T
  return parseAnswer(text, response) as T
}

/** Path segments from names that may hold anything. */
export function segments(...names: string[]): string {
  return names.map((name) => `/${encodeURIComponent(name)}`).join('')
}

function queryText(query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== '') parameters.set(key, String(value))
  return parameters.size === 0 ? '' : `?${parameters}`
}

function parseAnswer(text: string, response: Response): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError('The answer was not JSON. Another program may answer at this address.', {
      status: response.status,
      code: 'unexpected_response',
      detail: text.slice(0, 500),
    })
  }
}

function refusal(response: Response, text: string, path: string): ApiError {
  let body: AdminError['error'] | undefined
  try {
    body = (JSON.parse(text) as AdminError).error
  } catch {
    // A proxy may answer with a page of its own: the status is all there is.
  }
  const requestId = body?.requestId ?? response.headers.get('x-request-id') ?? undefined
  if (response.status === 401 && path !== '/session' && path !== '/setup') for (const listener of onSignedOut) listener()
  return new ApiError(body?.message ?? `The server answered ${response.status}.`, {
    ...body,
    status: response.status,
    code: body?.code ?? `http_${response.status}`,
    requestId,
  })
}
