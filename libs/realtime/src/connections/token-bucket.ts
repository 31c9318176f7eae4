/** Allows `burst` at once and `perSecond` in the long run. */
export class TokenBucket {
  private tokens: number
  private lastMs: number

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.tokens = burst
    this.lastMs = nowMs()
  }

  /** Takes one; false when there is none. */
  take(): boolean {
    const nowMs = this.nowMs()
    this.tokens = Math.min(this.burst, this.tokens + ((nowMs - this.lastMs) / 1000) * this.perSecond)
    this.lastMs = nowMs
    if (this.tokens < 1) return false
    this.tokens--
    return true
  }
}
