// Rate limits as token buckets in GCRA form: one number per key ("theoretical arrival time") instead of counters.

import { systemClock, type Clock } from '#libs/kernel'

/** So many per window; the bucket holds all of them at the start and refills evenly. */
export interface RateLimit {
  readonly count: number
  readonly windowMs: number
}

/** The answer of {@link RateLimiter.take}. */
export interface RateDecision {
  readonly isAllowed: boolean
  /** How long to wait until the next one passes; 0 when allowed. */
  readonly retryAfterMs: number
}

/** Limits by key, in bounded memory: when full, the key that was idle longest is forgotten. Holds for this process. */
export class RateLimiter {
  private readonly arrivals = new Map<string, number>()
  private readonly clock: Clock
  private readonly keysMax: number

  constructor(options: { readonly keysMax?: number; readonly clock?: Clock } = {}) {
    this.clock = options.clock ?? systemClock
    this.keysMax = options.keysMax ?? 100_000
  }

  /** Number of keys held. */
  get size(): number {
    return this.arrivals.size
  }

  /** Takes one from the key's bucket. A refusal takes nothing, so waiting always helps. */
  take(key: string, limit: RateLimit): RateDecision {
    if (limit.count <= 0) return { isAllowed: false, retryAfterMs: limit.windowMs }
    const now = this.clock.nowMs()
    const intervalMs = limit.windowMs / limit.count
    const arrival = Math.max(this.arrivals.get(key) ?? now, now)
    const waitMs = arrival + intervalMs - limit.windowMs - now
    // A small tolerance: sums of fractions of milliseconds must not refuse the last one of a window.
    const isAllowed = waitMs <= 0.001
    // Set anew also when refused: a key under attack must not become the oldest one and be forgotten.
    this.arrivals.delete(key)
    this.arrivals.set(key, isAllowed ? arrival + intervalMs : arrival)
    this.trim(now)
    return { isAllowed, retryAfterMs: isAllowed ? 0 : Math.ceil(waitMs) }
  }

  /** Forgets a key, for example after a successful sign-in. */
  reset(key: string): void {
    this.arrivals.delete(key)
  }

  /** Keys stand in order of their last use: full buckets at the front are dropped, and what is beyond the bound. */
  private trim(now: number): void {
    for (const [key, arrival] of this.arrivals) {
      if (arrival > now && this.arrivals.size <= this.keysMax) return
      this.arrivals.delete(key)
    }
  }
}
