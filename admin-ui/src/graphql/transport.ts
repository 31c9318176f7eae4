// Operations over the same endpoint, with the same headers, that an app uses.
import { ApiError } from '../api/api-error.ts'
import type { RunRole } from '../run-as/run-as.tsx'
import { readEvents } from './event-stream.ts'
import { identityHeaders } from './run-identity.ts'

export const graphqlPath = '/graphql/v1'

/** What is sent. `variables` is JSON text that goes out as it was written: a number of many digits stays what it is. */
export interface Operation {
  readonly query: string
  readonly variables: string
  readonly operationName: string | undefined
}

/** One answer. The text is as the server sent it. */
export interface Answer {
  readonly text: string
  readonly status: number
  readonly bytes: number
  readonly durationMs: number
  readonly requestId: string | undefined
  /** Whether the answer tells of errors. */
  readonly failed: boolean
}

/** Sends a query or a mutation. */
export async function send(operation: Operation, as: RunRole, signal: AbortSignal): Promise<Answer> {
  const started = performance.now()
  const response = await post(graphqlPath, bodyOf(operation), await identityHeaders(as), 'application/json', signal)
  return answerOf(response, await response.text(), started)
}

/**
 * Follows a subscription until it ends or the signal is aborted; `onAnswer` is called with each result. The server ends a
 * stream with the token's life and no last event: then it is opened anew with a fresh token.
 */
export async function follow(operation: Operation, as: RunRole, signal: AbortSignal, onAnswer: (answer: Answer) => void): Promise<void> {
  for (;;) {
    const opened = performance.now()
    let started = opened
    const response = await post(
      graphqlPath,
      bodyOf(operation),
      await identityHeaders(as),
      'text/event-stream, application/json;q=0.9',
      signal,
    )
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
    if (!isStream || response.body === null) return onAnswer(answerOf(response, await response.text(), started))
    for await (const { event, data } of readEvents(response.body)) {
      if (event === 'complete') return
      if (event !== 'next') continue
      onAnswer(answerOf(response, data, started))
      started = performance.now()
    }
    if (signal.aborted) return
    if (performance.now() - opened < 5_000) throw new ApiError('The server ended the stream.', { status: 0, code: 'stream_ended' })
  }
}

/** The plan of an operation, as the server explains it to the owner. */
export async function explain(operation: Operation, as: RunRole, signal: AbortSignal): Promise<Answer> {
  const started = performance.now()
  const user = JSON.stringify({ role: as.role, ...(as.role === 'service_role' ? {} : { claims: as.claims }) })
  const body = `{"query":${bodyOf(operation)},"user":${user}}`
  const headers = await identityHeaders({ role: 'service_role', claims: {} })
  const response = await post(`${graphqlPath}/explain`, body, headers, 'application/json', signal)
  return answerOf(response, await response.text(), started)
}

export function bodyOf({ query, variables, operationName }: Operation): string {
  const parts = [`"query":${JSON.stringify(query)}`]
  if (variables.trim() !== '') parts.push(`"variables":${variables}`)
  if (operationName !== undefined) parts.push(`"operationName":${JSON.stringify(operationName)}`)
  return `{${parts.join(',')}}`
}

async function post(path: string, body: string, identity: Record<string, string>, accept: string, signal: AbortSignal): Promise<Response> {
  try {
    // The mark keeps the console's own calls out of the requests that Home shows as those of apps.
    const headers = { 'content-type': 'application/json', accept, 'x-plinth-console': '1', ...identity }
    return await fetch(path, { method: 'POST', headers, body, signal, credentials: 'omit' })
  } catch (error) {
    if (signal.aborted) throw error
    throw new ApiError('The server could not be reached.', { status: 0, code: 'network_error', detail: String(error) })
  }
}

function answerOf(response: Response, text: string, started: number): Answer {
  return {
    text,
    status: response.status,
    bytes: new Blob([text]).size,
    durationMs: performance.now() - started,
    requestId: response.headers.get('x-request-id') ?? undefined,
    failed: !response.ok || /^\s*\{\s*"errors"\s*:/.test(text),
  }
}
