// What a subscription has brought, to be waited for.

/** Collects messages; `next` and `until` wait for the one that a test wants. */
export class Inbox<T> {
  /** Everything that came, in order. */
  readonly seen: T[] = []
  private read = 0
  private wake: () => void = () => undefined

  push(message: T | null | undefined): void {
    if (message === null || message === undefined) return
    this.seen.push(message)
    this.wake()
  }

  /** The next message that was not read yet. */
  async next(): Promise<T> {
    while (this.read >= this.seen.length) await new Promise<void>((resolve) => (this.wake = resolve))
    return this.seen[this.read++]!
  }

  /** Reads on until one is as wanted. The test's own time limit ends the waiting. */
  async until(isWanted: (message: T) => boolean): Promise<T> {
    for (;;) {
      const message = await this.next()
      if (isWanted(message)) return message
    }
  }
}
