/** Bounds how much work of one kind runs at once; the rest waits in line, first come, first served. */
export class WorkLine {
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(
    private readonly concurrencyMax: number,
    private readonly waitingMax = Number.POSITIVE_INFINITY,
  ) {}

  /** Whether another one would have to wait in a line that is as long as it may be: refuse it instead. */
  get isFull(): boolean {
    return this.running >= this.concurrencyMax && this.waiting.length >= this.waitingMax
  }

  /** Runs the work when its turn comes; settles as the work does. Ask {@link WorkLine.isFull} before. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    // The slot is handed over by the one who leaves it, so `running` does not change here.
    if (this.running >= this.concurrencyMax) await new Promise<void>((resolve) => this.waiting.push(resolve))
    else this.running++
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.running--
      else next()
    }
  }
}
