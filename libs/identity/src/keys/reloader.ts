// Reading something again from the database: on a timer (other nodes change keys too), and on demand with a floor
// between two reads, so that requests with invented key ids cannot become a load on the database.
import type { Logger } from '#libs/kernel'

/** Options of {@link Reloader}. */
export interface ReloaderOptions {
  readonly periodMs: number
  readonly floorMs: number
  readonly logger?: Logger
}

export class Reloader {
  private running: Promise<void> | undefined
  private lastMs = Number.NEGATIVE_INFINITY
  private readonly timer: NodeJS.Timeout

  constructor(
    private readonly load: () => Promise<void>,
    private readonly options: ReloaderOptions,
  ) {
    this.timer = setInterval(() => {
      this.now().catch((error: unknown) => options.logger?.warn({ err: error }, 'keys could not be read again; the known ones stay'))
    }, options.periodMs)
    this.timer.unref()
  }

  /** Reads again unless that was done a moment ago; true when it was read. */
  async atMostOften(): Promise<boolean> {
    if (this.running === undefined && performance.now() - this.lastMs < this.options.floorMs) return false
    await this.now()
    return true
  }

  /** Reads again; callers at the same time share one read. */
  now(): Promise<void> {
    this.running ??= this.load().finally(() => {
      this.running = undefined
      this.lastMs = performance.now()
    })
    return this.running
  }

  stop(): void {
    clearInterval(this.timer)
  }
}
