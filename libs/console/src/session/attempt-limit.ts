import { Inject, Injectable } from '@nestjs/common'
import { RateLimiter, type RateLimit } from '#libs/identity'
import { CLOCK, type Clock } from '#libs/kernel'
import { consoleErrors } from '../console.errors.ts'

/** What is counted. The bound per e-mail is the higher one, so that a stranger does not lock an owner out by accident. */
const limits: Readonly<Record<'address' | 'email' | 'setup', RateLimit>> = {
  address: { count: 10, windowMs: 60_000 },
  email: { count: 30, windowMs: 300_000 },
  setup: { count: 10, windowMs: 60_000 },
}

/** Bounds the attempts at the routes that strangers may call. */
@Injectable()
export class AttemptLimit {
  private readonly limiter: RateLimiter

  constructor(@Inject(CLOCK) clock: Clock) {
    this.limiter = new RateLimiter({ keysMax: 20_000, clock })
  }

  /** Counts one attempt, or refuses it with the seconds to wait. */
  take(kind: keyof typeof limits, of: string): void {
    const { isAllowed, retryAfterMs } = this.limiter.take(`${kind}:${of}`, limits[kind])
    if (!isAllowed) throw consoleErrors.too_many_attempts({ params: { seconds: Math.ceil(retryAfterMs / 1000) } })
  }
}
