/** State of a bus, for health and metrics. */
export interface BusStatus {
  readonly driver: 'in-process' | 'redis'
  readonly connected: boolean
  /** Why it is not connected. */
  readonly error?: string
}

/**
 * Messages between the nodes of one installation. At most once: a node that is away misses what is sent meanwhile.
 * Messages of one publisher arrive in order, on every subscribed node, the publisher's own included.
 */
export abstract class MessageBus {
  /** Resolves when the message was handed on; throws `bus/unavailable` and `bus/message_too_large`. */
  abstract publish(topic: string, message: string): Promise<void>
  /** Calls `listener` with every message of the topic; resolves with the way to stop once messages arrive. */
  abstract subscribe(topic: string, listener: (message: string) => void): Promise<() => Promise<void>>
  /** Whether messages can be sent and received now. */
  abstract status(): BusStatus
  /** Ends all subscriptions and connections. */
  abstract close(): Promise<void>
}

/** Largest message, in UTF-16 units. */
export const busMessageLengthMax = 4 * 1024 * 1024
