import { AppError, defineErrors } from '#libs/kernel'

/** What the gateway refuses by itself. The code travels as it is (see PROTOCOL.md). */
export const realtimeErrors = defineErrors('realtime', {
  invalid_key: { status: 401, message: 'The API key is missing or not valid.' },
  invalid_token: { status: 401, message: 'The access token is not valid.' },
  token_expired: { status: 401, message: 'The access token has expired.' },
  too_many_connections: { status: 503, message: 'This server has as many open connections as it may.' },
  protocol_unsupported: { status: 400, message: 'This server speaks protocol version 1.' },
  bad_request: { status: 400, message: 'The message is not understood: {reason}' },
  not_joined: { status: 400, message: 'The channel was not joined.' },
  limit_exceeded: { status: 429, message: 'Too many {what}.' },
  unavailable: { status: 503, message: 'The service is not available at the moment.' },
})

/** An error as it travels in an acknowledgement or a refused handshake. */
export interface WireError {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

/** Codes of other libs and what they are called on this wire; everything else that is our fault is `unavailable`. */
const wireCodes: Readonly<Record<string, string>> = {
  'changes/not_found': 'not_found',
  'changes/unknown_column': 'unknown_column',
  'changes/not_published': 'not_published',
  'changes/bad_filter': 'bad_request',
  'changes/too_many': 'limit_exceeded',
  'bus/message_too_large': 'limit_exceeded',
}

/** The wire form; undefined for what is nobody's fault but ours and must be logged. */
export function wireErrorOf(error: unknown): WireError | undefined {
  if (!(error instanceof AppError)) return undefined
  const code = error.area === 'realtime' ? error.code : wireCodes[`${error.area}/${error.code}`]
  if (code !== undefined) return { code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
  return error.status === 503 || error.status === 504 ? { code: 'unavailable', message: error.message } : undefined
}
