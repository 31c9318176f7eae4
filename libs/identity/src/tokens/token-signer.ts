import { systemClock, type Clock } from '#libs/kernel'
import type { SigningKeys } from '../keys/signing-keys.ts'
import { signEs256, signHs256 } from './jwt.ts'

/** Options of {@link TokenSigner}. */
export interface TokenSignerOptions {
  readonly signingKeys: SigningKeys
  readonly jwtSecret: string
  readonly issuer: string
  readonly clock?: Clock
}

/** A signed token and when it ends (Unix seconds). */
export interface SignedToken {
  readonly token: string
  readonly issuedAt: number
  readonly expiresAt: number
}

/** Signs access tokens: ES256 by the current signing key, or HS256 by the secret where the owner set that. */
export class TokenSigner {
  private isHs256: () => boolean = () => false
  private readonly clock: Clock

  constructor(private readonly options: TokenSignerOptions) {
    this.clock = options.clock ?? systemClock
  }

  /** Where the choice of the algorithm comes from (a setting that may change while the server runs). */
  useHs256When(isHs256: () => boolean): void {
    this.isHs256 = isHs256
  }

  /** Adds `iss`, `iat` and `exp` to the claims and signs them. */
  sign(claims: Readonly<Record<string, unknown>>, lifetimeSeconds: number): SignedToken {
    const issuedAt = Math.floor(this.clock.nowMs() / 1000)
    const expiresAt = issuedAt + lifetimeSeconds
    const all = { iss: this.options.issuer, ...claims, iat: issuedAt, exp: expiresAt }
    if (this.isHs256()) return { token: signHs256(all, this.options.jwtSecret), issuedAt, expiresAt }
    const { kid, privateKey } = this.options.signingKeys.current()
    return { token: signEs256(all, kid, privateKey), issuedAt, expiresAt }
  }
}
