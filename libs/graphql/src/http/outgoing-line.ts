// What waits to be sent to one client. A slow client gets the newest result of each live query, never a queue of old ones.
import type { SubscriptionStats } from '../subscriptions/subscription-stats.ts'

/** The wire below. */
export interface Wire {
  /** Bytes that were written and have not left the process. */
  bufferedBytes(): number
  /** `done` is called when the frame has left the process. */
  write(frame: string, done: () => void): void
}

/** More bytes than this on their way: results wait, and newer ones replace them. */
const BUSY_BYTES = 256 * 1024

/** Frames of one client in their order. */
export class OutgoingLine {
  private readonly waiting = new Map<string, string>()
  private drains: (() => void)[] = []
  private busySinceMs: number | undefined

  constructor(
    private readonly wire: Wire,
    private readonly stats: SubscriptionStats,
  ) {}

  /** Sends at once. */
  send(frame: string): void {
    this.wire.write(frame, this.flush)
    this.note()
  }

  /** Sends the newest frame of `id`; while the client is slow a newer one takes the place of one that waits. */
  sendLatest(id: string, frame: string): void {
    if (!this.isBusy()) return this.send(frame)
    if (this.waiting.has(id)) this.stats.replaced++
    this.waiting.set(id, frame)
    this.note()
  }

  /** Sends what waits for `id`, because something follows that must not overtake it. */
  settle(id: string): void {
    const frame = this.waiting.get(id)
    if (frame === undefined) return
    this.waiting.delete(id)
    this.send(frame)
  }

  /** Drops what waits for `id`. */
  drop(id: string): void {
    this.waiting.delete(id)
  }

  /** Resolves when more may be sent. */
  async drained(): Promise<void> {
    if (this.isBusy()) await new Promise<void>((resolve) => this.drains.push(resolve))
  }

  /** How long the client has been slow, in milliseconds. */
  busyForMs(): number {
    this.note()
    return this.busySinceMs === undefined ? 0 : performance.now() - this.busySinceMs
  }

  /** Lets go of everything that waits. */
  close(): void {
    this.waiting.clear()
    for (const resolve of this.drains.splice(0)) resolve()
  }

  private isBusy(): boolean {
    return this.wire.bufferedBytes() > BUSY_BYTES
  }

  private note(): void {
    if (!this.isBusy()) this.busySinceMs = undefined
    else this.busySinceMs ??= performance.now()
  }

  private readonly flush = (): void => {
    while (!this.isBusy()) {
      const next = this.waiting.entries().next().value
      if (next === undefined) break
      this.waiting.delete(next[0])
      this.wire.write(next[1], this.flush)
    }
    this.note()
    if (!this.isBusy()) for (const resolve of this.drains.splice(0)) resolve()
  }
}
