// Token or key -> Principal: the first step of every request. A credential seen before is answered from the cache,
// synchronously; only an unknown key id or opaque key may cost a (rate-limited) reload of the keys.
import { createHash, createSecretKey, type KeyObject } from 'node:crypto'
import { systemClock, type Clock } from '#libs/kernel'
import { refuse } from './identity.errors.ts'
import { SERVICE_ROLE, type Principal } from './principal.ts'
import { checkClaims, type ClaimRules } from './tokens/claims.ts'
import { isSignedBy, parseJwt, type ParsedJwt, type VerificationKey } from './tokens/jwt.ts'
import { Revocations } from './tokens/revocations.ts'
import { TokenCache } from './tokens/token-cache.ts'

/** What a request brings along: the values of its two headers (or of their stand-ins in a socket's handshake). */
export interface Credentials {
  /** The whole `Authorization` header, for example `Bearer eyJ…`. Schemes other than Bearer are not looked at. */
  readonly authorization?: string | undefined
  /** The `apikey` header or query parameter. */
  readonly apikey?: string | undefined
}

/** Where the platform's own public keys come from; {@link SigningKeys} is one. */
export interface VerificationKeySource {
  /** The keys to try for a key id; without one, none. Revoked keys are not among them. */
  verificationKey(kid: string): VerificationKey | undefined
  /** Reads the keys again, at most every few seconds; true when they were read. */
  reload(): Promise<boolean>
  /** Called after any change of the keys. */
  onChange(listener: () => void): void
}

/** An opaque key that is valid. */
export interface FoundApiKey {
  readonly kind: 'publishable' | 'secret'
  /** Notes the use; cheap, called at every request with the key. */
  markUsed(): void
}

/** Where opaque API keys come from; {@link ApiKeys} is one. */
export interface ApiKeySource {
  /** The key with this value, unless it is unknown or revoked. `markUsed` notes that it was used. */
  find(key: string): FoundApiKey | undefined
  /** Reads the keys again, at most every few seconds; true when they were read. */
  reload(): Promise<boolean>
  /** Called after any change of the keys. */
  onChange(listener: () => void): void
}

/** Options of {@link PrincipalResolver}. */
export interface PrincipalResolverOptions {
  /** HS256 secret for tokens and legacy keys. */
  readonly jwtSecret: string
  /** Role of requests without a token and of the publishable keys; empty: such requests are refused. Default `anon`. */
  readonly anonRole?: string
  /** `iss` of the platform's own ES256 tokens. */
  readonly issuer?: string
  /** Accepted values of `aud`. Default `authenticated`. */
  readonly audiences?: readonly string[]
  /** Which further roles a token may name. anon, authenticated and service_role always may. */
  readonly isAllowedRole?: (role: string) => boolean
  readonly signingKeys?: VerificationKeySource
  /** Public keys of other issuers (PLINTH_JWT_JWKS). */
  readonly externalKeys?: readonly VerificationKey[]
  readonly apiKeys?: ApiKeySource
  readonly cacheEntriesMax?: number
  readonly clock?: Clock
}

const alwaysAllowed: ReadonlySet<string> = new Set(['anon', 'authenticated', SERVICE_ROLE])
const foreverMs = Number.POSITIVE_INFINITY

/** Longest life of an access token that the platform signs: so long a revocation is remembered. */
export const accessTokenSecondsMax = 604_800

/**
 * Turns a request's credentials into a {@link Principal}. Bearer wins over apikey. Accepts user access tokens (ES256 by
 * the platform's keys, HS256 by the secret, other algorithms by external public keys), JWT keys, and opaque
 * `sb_publishable_…` / `sb_secret_…` keys in either place. Refusals are AppErrors of area `identity`, all 401.
 */
export class PrincipalResolver {
  private readonly cache: TokenCache
  private readonly revocations = new Revocations(50_000, accessTokenSecondsMax * 1000)
  private readonly anonymous: Principal | undefined
  private readonly secretKey: VerificationKey
  private readonly externalByKid = new Map<string, VerificationKey>()
  private readonly rules: ClaimRules
  private readonly clock: Clock
  private readonly anonRole: string
  private isAllowedRole: (role: string) => boolean

  constructor(private readonly options: PrincipalResolverOptions) {
    this.cache = new TokenCache({ entriesMax: options.cacheEntriesMax ?? 20_000, charactersMax: 32_000_000 })
    this.clock = options.clock ?? systemClock
    this.anonRole = options.anonRole ?? 'anon'
    this.anonymous = this.anonRole === '' ? undefined : rolePrincipal(this.anonRole, false)
    this.secretKey = { kid: undefined, algorithms: ['HS256'], key: secretKeyObject(options.jwtSecret), origin: 'secret' }
    for (const key of options.externalKeys ?? []) if (key.kid !== undefined) this.externalByKid.set(key.kid, key)
    this.rules = { audiences: options.audiences ?? ['authenticated'], issuer: options.issuer ?? 'plinth' }
    this.isAllowedRole = options.isAllowedRole ?? (() => false)
    options.signingKeys?.onChange(() => this.cache.clear())
    options.apiKeys?.onChange(() => this.cache.clear())
  }

  /**
   * The caller of a request. Synchronous (result or throw) except when an unknown key id or opaque key makes it read the
   * keys again, so call it with `await` inside an async function, or check for a promise on a hot path.
   */
  resolve(credentials: Credentials): Principal | Promise<Principal> {
    const { authorization, apikey } = credentials
    const presented = authorization ?? apikey
    if (presented === undefined) return this.anonymousPrincipal()
    const known = this.cache.get(presented, this.clock.nowMs())
    if (known !== undefined) return known
    if (authorization !== undefined) {
      const bearer = bearerOf(authorization)
      if (bearer !== undefined) return this.resolveCredential(authorization, bearer, false)
    }
    if (apikey === undefined || apikey === '') return this.anonymousPrincipal()
    return this.cache.get(apikey, this.clock.nowMs()) ?? this.resolveCredential(apikey, apikey, true)
  }

  /**
   * Who a request came from that was answered a moment ago; undefined when that is not known (any more), as for every
   * refused one. For those who only watch: it verifies nothing, reads nothing and cannot fail.
   */
  known({ authorization, apikey }: Credentials): Principal | undefined {
    const nowMs = this.clock.nowMs()
    if (authorization !== undefined) {
      const principal = this.cache.get(authorization, nowMs)
      if (principal !== undefined || bearerOf(authorization) !== undefined) return principal
    }
    return apikey === undefined || apikey === '' ? this.anonymous : this.cache.get(apikey, nowMs)
  }

  /** Sets which further roles tokens may name: the composition gives the catalog's roles. Forgets what was cached. */
  useAllowedRoles(isAllowedRole: (role: string) => boolean): void {
    this.isAllowedRole = isAllowedRole
    this.cache.clear()
  }

  /** Refuses the sessions' access tokens from now on, although they have not expired. Holds for this process. */
  revokeSession(...sessionIds: readonly string[]): void {
    const revoked = new Set(sessionIds)
    for (const id of revoked) this.revocations.add(`session:${id}`, this.clock.nowMs())
    this.cache.drop((_, principal) => principal.sessionId !== undefined && revoked.has(principal.sessionId))
  }

  /** Refuses one token from now on. Holds for this process. */
  revokeToken(token: string): void {
    this.revocations.add(tokenId(token), this.clock.nowMs())
    this.cache.drop((credential) => credential === token || bearerOf(credential) === token)
  }

  /** Number of cached credentials, for metrics. */
  get cachedCount(): number {
    return this.cache.size
  }

  private anonymousPrincipal(): Principal {
    if (this.anonymous === undefined) throw refuse('anonymous_disabled')
    return this.anonymous
  }

  private resolveCredential(cacheKey: string, credential: string, isApiKey: boolean): Principal | Promise<Principal> {
    if (credential.startsWith('sb_')) return this.resolveOpaqueKey(cacheKey, credential)
    if (isApiKey && !credential.includes('.')) throw refuse('key_unknown')
    const jwt = parseJwt(credential)
    const principal = this.verifyJwt(cacheKey, credential, jwt)
    if (principal !== undefined) return principal
    const source = this.options.signingKeys
    if (jwt.algorithm !== 'ES256' || jwt.kid === undefined || source === undefined || source.verificationKey(jwt.kid) !== undefined) {
      throw noSuitableKey(jwt)
    }
    return source.reload().then(() => {
      const verified = this.verifyJwt(cacheKey, credential, jwt)
      if (verified === undefined) throw noSuitableKey(jwt)
      return verified
    })
  }

  private resolveOpaqueKey(cacheKey: string, key: string): Principal | Promise<Principal> {
    const source = this.options.apiKeys
    const principal = this.principalOfKey(cacheKey, key)
    if (principal !== undefined) return principal
    if (source === undefined) throw refuse('key_unknown')
    return source.reload().then(() => {
      const found = this.principalOfKey(cacheKey, key)
      if (found === undefined) throw refuse('key_unknown')
      return found
    })
  }

  private principalOfKey(cacheKey: string, key: string): Principal | undefined {
    const found = this.options.apiKeys?.find(key)
    if (found === undefined) return undefined
    const principal = found.kind === 'secret' ? rolePrincipal(SERVICE_ROLE, true) : this.anonymousPrincipal()
    found.markUsed()
    this.cache.set(cacheKey, principal, foreverMs, () => found.markUsed())
    return principal
  }

  /** The token's principal; undefined when no key verifies it. */
  private verifyJwt(cacheKey: string, token: string, jwt: ParsedJwt): Principal | undefined {
    const key = this.candidates(jwt).find((candidate) => isSignedBy(jwt, candidate))
    if (key === undefined) return undefined
    const nowMs = this.clock.nowMs()
    checkClaims(jwt.claims, key.origin, this.rules, nowMs)
    const principal = this.principalOfClaims(jwt)
    const isRevoked =
      (principal.sessionId !== undefined && this.revocations.has(`session:${principal.sessionId}`, nowMs)) ||
      this.revocations.has(tokenId(token), nowMs)
    if (isRevoked) throw refuse('token_revoked')
    this.cache.set(cacheKey, principal, principal.expiresAt === undefined ? foreverMs : principal.expiresAt * 1000)
    return principal
  }

  /** A key is tried only for algorithms of its own type, so a public key can never serve as an HMAC secret. */
  private candidates(jwt: ParsedJwt): readonly VerificationKey[] {
    if (jwt.algorithm === 'HS256') return [this.secretKey]
    if (jwt.kid === undefined) return (this.options.externalKeys ?? []).filter((key) => key.algorithms.includes(jwt.algorithm))
    const key = this.options.signingKeys?.verificationKey(jwt.kid) ?? this.externalByKid.get(jwt.kid)
    return key === undefined ? [] : [key]
  }

  private principalOfClaims(jwt: ParsedJwt): Principal {
    const { role, sub, session_id: sessionId, exp } = jwt.claims as { role?: string; sub?: string; session_id?: string; exp?: number }
    // A legacy anon key, and a token that names no role (PostgREST's rule), stand for the anonymous role.
    const isAnonymous = role === undefined || (role === 'anon' && sub === undefined)
    if (isAnonymous && this.anonymous === undefined) throw refuse('anonymous_disabled')
    const effective = isAnonymous ? this.anonRole : role
    if (!isAnonymous && !alwaysAllowed.has(role) && !this.isAllowedRole(role)) throw refuse('role_not_allowed', { role })
    const claims = Object.freeze(effective === role ? jwt.claims : { ...jwt.claims, role: effective })
    return Object.freeze({
      role: effective,
      claims,
      claimsJson: effective === role ? jwt.claimsJson : JSON.stringify(claims),
      userId: sub,
      sessionId,
      expiresAt: exp,
      authenticated: effective !== this.anonRole,
    })
  }
}

function rolePrincipal(role: string, authenticated: boolean): Principal {
  return Object.freeze({ role, claims: Object.freeze({ role }), claimsJson: JSON.stringify({ role }), authenticated })
}

/** The token of a Bearer header; undefined for other schemes. */
function bearerOf(authorization: string): string | undefined {
  return /^bearer(?: |$)/i.test(authorization) ? authorization.slice(7).trim() : undefined
}

function noSuitableKey(jwt: ParsedJwt) {
  const isKeyKnown = jwt.algorithm === 'HS256'
  return refuse('token_signature_invalid', {
    reason: isKeyKnown ? 'JWT cryptographic operation failed' : 'No suitable key or wrong key type',
  })
}

function tokenId(token: string): string {
  return `token:${createHash('sha256').update(token).digest('base64url')}`
}

function secretKeyObject(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret))
}
