// The checks on a token's claims once its signature holds.
import { refuse } from '../identity.errors.ts'
import type { VerificationKey } from './jwt.ts'

/** What the claims are held against. */
export interface ClaimRules {
  /** Accepted values of `aud`; a token without `aud` (an API key, a token of one's own) is accepted. */
  readonly audiences: readonly string[]
  /** Required `iss` of tokens signed by the platform's own keys. */
  readonly issuer: string
}

/** Tolerance for clocks of other issuers, in seconds. Not applied to `exp`: an expired token is expired. */
const clockSkewSeconds = 30

/** Refuses a token whose claims are out of time, for another audience, from another issuer, or of the wrong type. */
export function checkClaims(
  claims: Readonly<Record<string, unknown>>,
  origin: VerificationKey['origin'],
  rules: ClaimRules,
  nowMs: number,
): void {
  const now = nowMs / 1000
  const exp = numberClaim(claims, 'exp')
  const nbf = numberClaim(claims, 'nbf')
  const iat = numberClaim(claims, 'iat')
  if (origin === 'platform' && exp === undefined) throw refuse('token_claims_invalid', { reason: "The JWT 'exp' claim is missing" })
  if (exp !== undefined && exp <= now) throw refuse('token_expired')
  if (nbf !== undefined && nbf > now + clockSkewSeconds) throw refuse('token_not_yet_valid')
  if (iat !== undefined && iat > now + clockSkewSeconds) throw refuse('token_issued_in_future')
  checkAudience(claims['aud'], rules.audiences)
  if (origin === 'platform' && claims['iss'] !== rules.issuer) throw refuse('token_issuer_refused')
  for (const name of ['sub', 'role', 'session_id']) {
    if (claims[name] !== undefined && typeof claims[name] !== 'string') {
      throw refuse('token_claims_invalid', { reason: `The JWT '${name}' claim must be a string` })
    }
  }
}

function checkAudience(aud: unknown, accepted: readonly string[]): void {
  if (aud === undefined || aud === null) return
  const given: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (!given.every((item) => typeof item === 'string')) {
    throw refuse('token_claims_invalid', { reason: "The JWT 'aud' claim must be a string or an array of strings" })
  }
  if (!given.some((item) => accepted.includes(item))) throw refuse('token_audience_refused')
}

function numberClaim(claims: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = claims[name]
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw refuse('token_claims_invalid', { reason: `The JWT '${name}' claim must be a number` })
  return value
}
