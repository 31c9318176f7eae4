// The two protocols of GraphQL over WebSocket: `graphql-transport-ws`, and the older one that calls itself `graphql-ws`
// (contract graphql.md section 10). Frames are built around the database's JSON text, which is not parsed.
import type { GraphQLFailure } from '../graphql.errors.ts'
import { exactJson } from '../plan/inputs.ts'
import { renderFailure } from './error-body.ts'

/** What a client may say, in the words of the newer protocol. */
export type ClientMessage =
  | { readonly type: 'init'; readonly payload: Readonly<Record<string, unknown>> }
  | { readonly type: 'subscribe'; readonly id: string; readonly payload: unknown }
  | { readonly type: 'complete'; readonly id: string }
  | { readonly type: 'ping'; readonly payload: unknown }
  | { readonly type: 'pong' }
  | { readonly type: 'terminate' }

/** How a refused connection is told. */
export interface Goodbye {
  readonly frame?: string
  readonly code: number
  readonly reason: string
}

/** A sub-protocol. Frames are JSON texts. */
export interface SocketProtocol {
  readonly name: string
  /** The message in a frame's JSON; undefined for what is none. */
  read(message: Readonly<Record<string, unknown>>): ClientMessage | undefined
  acknowledged(): readonly string[]
  next(id: string, body: string): string
  error(id: string, failure: GraphQLFailure, withDetails: boolean): string
  complete(id: string): string
  keepAlive(): string
  /** Answer to a ping; undefined where there is none. */
  pong(payload: unknown): string | undefined
  malformed(reason: string): Goodbye | string
  forbidden(reason: string): Goodbye
}

const quote = JSON.stringify

/** Reasons of a close frame have at most 123 bytes. */
function short(reason: string): string {
  return Buffer.byteLength(reason) <= 123
    ? reason
    : `${Buffer.from(reason)
        .subarray(0, 110)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')}…`
}

/** `graphql-transport-ws` */
export const transportProtocol: SocketProtocol = {
  name: 'graphql-transport-ws',
  read: ({ type, id, payload }) => {
    const content = payload ?? undefined
    switch (type) {
      case 'connection_init':
        return isOptionalObject(content) ? { type: 'init', payload: content ?? {} } : undefined
      case 'subscribe':
        return isId(id) && isOptionalObject(content) && content !== undefined ? { type: 'subscribe', id, payload: content } : undefined
      case 'complete':
        return isId(id) ? { type: 'complete', id } : undefined
      case 'ping':
        return { type: 'ping', payload: content }
      case 'pong':
        return { type: 'pong' }
      default:
        return undefined
    }
  },
  acknowledged: () => ['{"type":"connection_ack"}'],
  next: (id, body) => `{"type":"next","id":${quote(id)},"payload":${body}}`,
  error: (id, failure, withDetails) => `{"type":"error","id":${quote(id)},"payload":[${quote(renderFailure(failure, withDetails))}]}`,
  complete: (id) => `{"type":"complete","id":${quote(id)}}`,
  keepAlive: () => '{"type":"ping","payload":{"message":"keepalive"}}',
  pong: (payload) => (payload === undefined ? '{"type":"pong"}' : `{"type":"pong","payload":${exactJson(payload)}}`),
  malformed: (reason) => ({ code: 4400, reason: short(reason) }),
  forbidden: () => ({ code: 4403, reason: '4403: Forbidden' }),
}

/** `graphql-ws` of subscriptions-transport-ws. */
export const legacyProtocol: SocketProtocol = {
  name: 'graphql-ws',
  read: ({ type, id, payload }) => {
    const content = payload ?? undefined
    switch (type) {
      case 'connection_init':
        return isOptionalObject(content) ? { type: 'init', payload: content ?? {} } : undefined
      case 'start':
        return isId(id) && isOptionalObject(content) && content !== undefined ? { type: 'subscribe', id, payload: content } : undefined
      case 'stop':
        return isId(id) ? { type: 'complete', id } : undefined
      case 'connection_terminate':
        return { type: 'terminate' }
      default:
        return undefined
    }
  },
  acknowledged: () => ['{"type":"connection_ack"}', '{"type":"ka"}'],
  next: (id, body) => `{"type":"data","id":${quote(id)},"payload":${body}}`,
  error: (id, failure, withDetails) => `{"type":"error","id":${quote(id)},"payload":${quote(renderFailure(failure, withDetails))}}`,
  complete: (id) => `{"type":"complete","id":${quote(id)}}`,
  keepAlive: () => '{"type":"ka"}',
  pong: () => undefined,
  malformed: (reason) => `{"type":"connection_error","payload":{"message":${quote(reason)}}}`,
  forbidden: (reason) => ({
    frame: `{"type":"connection_error","payload":{"message":${quote(reason)}}}`,
    code: 4400,
    reason: short(reason),
  }),
}

/** The protocol to speak with a client that offers these; the older one when it offers none. */
export function protocolFor(offered: ReadonlySet<string>): SocketProtocol | undefined {
  if (offered.has(transportProtocol.name)) return transportProtocol
  return offered.has(legacyProtocol.name) || offered.size === 0 ? legacyProtocol : undefined
}

const ID_CHARACTERS_MAX = 256

function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= ID_CHARACTERS_MAX
}

function isOptionalObject(value: unknown): value is Record<string, unknown> | undefined {
  return value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value))
}
