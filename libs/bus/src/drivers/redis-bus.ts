// Redis publish/subscribe. Two connections, because a subscribed one may send no other command. Both come back by
// themselves after a failure, and the subscriptions with them.
import { Redis } from 'ioredis'
import type { Logger } from '#libs/kernel'
import { busErrors } from '../bus.errors.ts'
import { busMessageLengthMax, MessageBus, type BusStatus } from '../message-bus.ts'
import { TopicListeners } from '../topic-listeners.ts'

/** How to reach Redis. */
export interface RedisBusOptions {
  readonly url: string
  /** Put before every topic, so that several installations can share one Redis. Default `plinth:`. */
  readonly prefix?: string
}

const commandTimeoutMs = 5_000

/** The bus of several nodes. */
export class RedisBus extends MessageBus {
  private readonly publisher: Redis
  private readonly subscriber: Redis
  private readonly prefix: string
  private readonly listeners: TopicListeners
  private failure: Error | undefined
  private closed = false

  constructor(options: RedisBusOptions, log: Logger) {
    super()
    this.prefix = options.prefix ?? 'plinth:'
    this.listeners = new TopicListeners((error) => log.error({ err: error }, 'a listener of the bus failed'))
    const retryStrategy = (attempt: number) => Math.min(2_000, 50 * 2 ** Math.min(attempt, 6))
    // A message for a bus that is away is refused at once instead of piling up in memory.
    this.publisher = new Redis(options.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: commandTimeoutMs,
      retryStrategy,
    })
    this.subscriber = new Redis(options.url, { autoResubscribe: true, maxRetriesPerRequest: null, retryStrategy })
    for (const connection of [this.publisher, this.subscriber]) {
      connection.on('error', (error: Error) => {
        if (this.failure === undefined) log.warn({ reason: error.message }, 'the message bus lost Redis and connects again')
        this.failure = error
      })
      connection.on('ready', () => (this.failure = undefined))
    }
    this.subscriber.on('message', (channel: string, message: string) => {
      if (channel.startsWith(this.prefix)) this.listeners.deliver(channel.slice(this.prefix.length), message)
    })
  }

  async publish(topic: string, message: string): Promise<void> {
    if (message.length > busMessageLengthMax) throw busErrors.message_too_large({ params: { max: busMessageLengthMax } })
    try {
      await this.publisher.publish(this.prefix + topic, message)
    } catch (cause) {
      throw busErrors.unavailable({ cause })
    }
  }

  async subscribe(topic: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    const own = (message: string) => listener(message)
    this.listeners.add(topic, own)
    try {
      await this.subscriber.subscribe(this.prefix + topic)
    } catch (cause) {
      this.listeners.remove(topic, own)
      throw busErrors.unavailable({ cause })
    }
    return async () => {
      if (this.listeners.remove(topic, own)) await this.subscriber.unsubscribe(this.prefix + topic).catch(() => undefined)
    }
  }

  /** Connected when both connections are ready. */
  status(): BusStatus {
    const connected = !this.closed && this.publisher.status === 'ready' && this.subscriber.status === 'ready'
    return { driver: 'redis', connected, ...(connected || this.failure === undefined ? {} : { error: this.failure.message }) }
  }

  async close(): Promise<void> {
    this.closed = true
    this.listeners.clear()
    this.publisher.disconnect()
    this.subscriber.disconnect()
  }
}
