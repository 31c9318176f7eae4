import { Inject, Injectable } from '@nestjs/common'
import { RateLimiter } from '#libs/identity'
import { SettingsService } from '#libs/settings'
import { authErrors } from '../auth.errors.ts'
import { authSettings } from '../auth.settings.ts'

const windowMs = 300_000

type LimitName = keyof ReturnType<typeof authSettings.schema.parse>['rateLimits']

/** The rate limits of auth: held in memory per process, in bounded size. A refusal is 429 with Retry-After. */
@Injectable()
export class AuthLimits {
  private readonly limiter = new RateLimiter({ keysMax: 200_000 })

  constructor(@Inject(SettingsService) private readonly settings: SettingsService) {}

  /** Before a password is checked. A right password gives the attempt back, so only failures add up. */
  signIn(address: string, account: string): void {
    this.take('signInPerAddress', address)
    this.take('signInPerAccount', `${address} ${account}`)
  }

  signedIn(address: string, account: string): void {
    this.limiter.reset(keyOf('signInPerAddress', address))
    this.limiter.reset(keyOf('signInPerAccount', `${address} ${account}`))
  }

  /** Takes one of a limit; `who` is an address, an account, or both. */
  take(name: LimitName, who: string): void {
    const count = this.settings.get(authSettings).rateLimits[name]
    const decision = this.limiter.take(keyOf(name, who), { count, windowMs })
    if (!decision.isAllowed) {
      throw authErrors.over_request_rate_limit({ extra: { retryAfterSeconds: Math.max(1, Math.ceil(decision.retryAfterMs / 1000)) } })
    }
  }
}

function keyOf(name: LimitName, who: string): string {
  return `${name} ${who}`
}
