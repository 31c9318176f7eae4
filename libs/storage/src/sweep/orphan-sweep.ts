import type { StorageEngine } from '../storage-engine.ts'
import { sweepOrphans } from './sweep-orphans.ts'

const EVERY_MS = 60 * 60_000
/** Four times as long as an upload may take. */
const AGE_MS = 24 * 60 * 60_000

/** Runs the sweep at the start and then every hour, one at a time. A failing sweep is logged and tried again. */
export class OrphanSweep {
  private timer: NodeJS.Timeout | undefined
  private running = false

  constructor(private readonly engine: StorageEngine) {}

  start(): void {
    this.timer = setInterval(() => void this.run(), EVERY_MS)
    this.timer.unref()
    void this.run()
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private async run(): Promise<void> {
    if (this.running) return
    this.running = true
    try {
      const removed = await sweepOrphans(this.engine, AGE_MS)
      if (removed > 0) this.engine.logger.info({ removed }, 'removed bytes of objects that no longer exist')
    } catch (error) {
      this.engine.logger.warn({ err: error }, 'the sweep for bytes without an object failed; it will be tried again')
    } finally {
      this.running = false
    }
  }
}
