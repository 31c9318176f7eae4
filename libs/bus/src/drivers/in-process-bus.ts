import type { Logger } from '#libs/kernel'
import { busErrors } from '../bus.errors.ts'
import { busMessageLengthMax, MessageBus, type BusStatus } from '../message-bus.ts'
import { TopicListeners } from '../topic-listeners.ts'

/** The bus of a single node. Listeners are called after `publish` has returned, as with a bus between nodes. */
export class InProcessBus extends MessageBus {
  private readonly listeners: TopicListeners
  private closed = false

  constructor(log: Logger) {
    super()
    this.listeners = new TopicListeners((error) => log.error({ err: error }, 'a listener of the bus failed'))
  }

  async publish(topic: string, message: string): Promise<void> {
    if (message.length > busMessageLengthMax) throw busErrors.message_too_large({ params: { max: busMessageLengthMax } })
    if (this.closed) throw busErrors.unavailable()
    queueMicrotask(() => this.listeners.deliver(topic, message))
  }

  async subscribe(topic: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    if (this.closed) throw busErrors.unavailable()
    const own = (message: string) => listener(message)
    this.listeners.add(topic, own)
    return async () => void this.listeners.remove(topic, own)
  }

  /** Connected until it is closed. */
  status(): BusStatus {
    return { driver: 'in-process', connected: !this.closed }
  }

  async close(): Promise<void> {
    this.closed = true
    this.listeners.clear()
  }
}
