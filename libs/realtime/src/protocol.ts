// The shapes of PROTOCOL.md, checked at the door.
import { z } from 'zod'
import { realtimeErrors } from './realtime.errors.ts'

/** Path of the socket.io endpoint. */
export const realtimePath = '/realtime/v1/socket.io'
/** Largest message that a client may send, in bytes. */
export const messageBytesMax = 1_000_000
export const bindingsPerChannelMax = 100
export const channelsPerSocketMax = 100

const channelName = z.string().min(1).max(255)
const identifier = z.string().min(1).max(63)

export const joinSchema = z.object({
  channel: channelName,
  config: z.object({
    changes: z
      .array(
        z.object({
          event: z.enum(['insert', 'update', 'delete', '*']),
          schema: identifier,
          table: identifier,
          filter: z.object({ column: identifier, value: z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]) }).optional(),
        }),
      )
      .max(bindingsPerChannelMax),
    broadcast: z.object({ self: z.boolean().optional(), ack: z.boolean().optional() }).optional(),
  }),
  cursor: z.string().max(100).optional(),
})

export const leaveSchema = z.object({ channel: channelName })

export const broadcastSchema = z.object({ channel: channelName, event: z.string().min(1).max(255), payload: z.unknown().optional() })

export const tokenSchema = z.object({ token: z.string().max(16_384).nullable() })

export const handshakeSchema = z.object({
  apikey: z.string().min(1).max(16_384),
  token: z.string().min(1).max(16_384).optional(),
  protocol: z.number().optional(),
})

export type JoinMessage = z.output<typeof joinSchema>

/** The checked message; throws `realtime/bad_request` with the first fault. */
export function parseMessage<S extends z.ZodType>(schema: S, message: unknown): z.output<S> {
  const parsed = schema.safeParse(message)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw realtimeErrors.bad_request({ params: { reason: `${issue.path.join('.')}: ${issue.message}`.replace(/^: /, '') } })
}
