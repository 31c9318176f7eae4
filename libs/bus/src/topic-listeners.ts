/** The listeners of one process by topic; what both drivers share. */
export class TopicListeners {
  private readonly byTopic = new Map<string, Set<(message: string) => void>>()

  constructor(private readonly onFault: (error: unknown) => void) {}

  /** Answers whether it is the topic's first. Each call counts by itself, also of an equal function. */
  add(topic: string, listener: (message: string) => void): boolean {
    const listeners = this.byTopic.get(topic)
    if (listeners !== undefined) {
      listeners.add(listener)
      return false
    }
    this.byTopic.set(topic, new Set([listener]))
    return true
  }

  /** Answers whether it was the topic's last. */
  remove(topic: string, listener: (message: string) => void): boolean {
    const listeners = this.byTopic.get(topic)
    if (listeners === undefined || !listeners.delete(listener) || listeners.size > 0) return false
    return this.byTopic.delete(topic)
  }

  /** One listener's fault must not keep the message from the others. */
  deliver(topic: string, message: string): void {
    for (const listener of this.byTopic.get(topic) ?? []) {
      try {
        listener(message)
      } catch (error) {
        this.onFault(error)
      }
    }
  }

  clear(): void {
    this.byTopic.clear()
  }
}
