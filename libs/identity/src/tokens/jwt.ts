// JWT by node:crypto, synchronously: a verification costs 8 µs (HS256) instead of jose's awaited 160 µs, and the resolver
// can stay synchronous. Only compact JWS with the algorithms below exists here; `none` cannot even be named.
import { createHmac, createPublicKey, sign, timingSafeEqual, verify, constants, type JsonWebKey, type KeyObject } from 'node:crypto'
import { refuse } from '../identity.errors.ts'

/** Algorithms that a token may be signed with. Which of them a key accepts is a property of the key, never of the token. */
export type JwtAlgorithm = 'HS256' | 'ES256' | 'ES384' | 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'EdDSA'

/** A key that may verify tokens. */
export interface VerificationKey {
  readonly kid: string | undefined
  readonly algorithms: readonly JwtAlgorithm[]
  readonly key: KeyObject
  /** `platform`: our signing keys; `secret`: the HS256 secret; `external`: PLINTH_JWT_JWKS. */
  readonly origin: 'platform' | 'secret' | 'external'
}

/** A token taken apart, not yet trusted. */
export interface ParsedJwt {
  readonly algorithm: JwtAlgorithm
  readonly kid: string | undefined
  readonly claims: Readonly<Record<string, unknown>>
  /** The payload's JSON text as it was signed. */
  readonly claimsJson: string
  readonly signed: string
  readonly signature: Buffer
}

/** Longest token that is looked at, in characters. */
export const tokenCharactersMax = 16_384

const algorithms: ReadonlySet<string> = new Set<JwtAlgorithm>(['HS256', 'ES256', 'ES384', 'RS256', 'RS384', 'RS512', 'PS256', 'EdDSA'])
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Takes a compact JWS apart; refuses what is not one, what names an algorithm outside the list, and critical extensions. */
export function parseJwt(token: string): ParsedJwt {
  if (token === '') throw refuse('token_malformed', { reason: 'Empty JWT is sent in Authorization header' })
  if (token.length > tokenCharactersMax) throw refuse('token_malformed', { reason: `JWT is longer than ${tokenCharactersMax} characters` })
  const parts = token.split('.')
  if (parts.length !== 3) throw refuse('token_malformed', { reason: `Expected 3 parts in JWT; got ${parts.length}` })
  const [headerPart, payloadPart, signaturePart] = parts as [string, string, string]
  const header = parseObject(decode(headerPart))
  const claimsJson = utf8Text(decode(payloadPart))
  const claims = parseObject(claimsJson)
  if (typeof header['alg'] !== 'string' || !algorithms.has(header['alg'])) throw refuse('token_algorithm_refused')
  // RFC 7515 4.1.11: an extension marked critical that is not understood makes the token invalid; none is understood.
  if ('crit' in header) throw refuse('token_malformed', { reason: 'Unsupported token type' })
  if (header['kid'] !== undefined && typeof header['kid'] !== 'string')
    throw refuse('token_malformed', { reason: 'JWT could not be decoded' })
  return {
    algorithm: header['alg'] as JwtAlgorithm,
    kid: header['kid'],
    claims,
    claimsJson,
    signed: token.slice(0, headerPart.length + 1 + payloadPart.length),
    signature: decode(signaturePart),
  }
}

/** True when `key` accepts the token's algorithm and its signature holds. */
export function isSignedBy(jwt: ParsedJwt, key: VerificationKey): boolean {
  if (!key.algorithms.includes(jwt.algorithm)) return false
  if (jwt.algorithm === 'HS256') {
    const expected = createHmac('sha256', key.key).update(jwt.signed).digest()
    return expected.length === jwt.signature.length && timingSafeEqual(expected, jwt.signature)
  }
  const data = Buffer.from(jwt.signed)
  switch (jwt.algorithm) {
    case 'ES256':
      return verify('sha256', data, { key: key.key, dsaEncoding: 'ieee-p1363' }, jwt.signature)
    case 'ES384':
      return verify('sha384', data, { key: key.key, dsaEncoding: 'ieee-p1363' }, jwt.signature)
    case 'PS256':
      return verify(
        'sha256',
        data,
        { key: key.key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
        jwt.signature,
      )
    case 'EdDSA':
      return verify(null, data, key.key, jwt.signature)
    default:
      return verify(`sha${jwt.algorithm.slice(2)}`, data, key.key, jwt.signature)
  }
}

/** Signs claims with HS256. */
export function signHs256(claims: object, secret: KeyObject | string): string {
  const signed = `${encodeJson({ alg: 'HS256', typ: 'JWT' })}.${encodeJson(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** Signs claims with ES256 under a key id. */
export function signEs256(claims: object, kid: string, privateKey: KeyObject): string {
  const signed = `${encodeJson({ alg: 'ES256', kid, typ: 'JWT' })}.${encodeJson(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

/** Why a JWK cannot be used for verification; undefined when {@link importJwk} will take it. */
export function jwkFault(jwk: unknown): string | undefined {
  if (typeof jwk !== 'object' || jwk === null) return 'is not an object'
  const { kty, crv, alg, use, n } = jwk as Record<string, unknown>
  if (kty === 'oct') return 'is a shared secret; only public keys belong here (PLINTH_JWT_SECRET is for HS256)'
  if ('d' in jwk) return 'holds a private key; give its public part only'
  if (use !== undefined && use !== 'sig') return 'is not for signatures'
  const accepted = algorithmsOf(kty, crv)
  if (accepted === undefined) return 'is of an unsupported type; RSA, EC P-256, EC P-384 and Ed25519 are supported'
  if (alg !== undefined && !accepted.includes(alg as JwtAlgorithm)) return 'names an algorithm that does not fit its type'
  // 2048 bits are 342 base64url characters.
  if (kty === 'RSA' && (typeof n !== 'string' || n.length < 342)) return 'is an RSA key of fewer than 2048 bits'
  try {
    createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    return 'is not a valid key'
  }
  return undefined
}

/** A public JWK as a verification key. */
export function importJwk(jwk: JsonWebKey, origin: VerificationKey['origin']): VerificationKey {
  const { alg, kid } = jwk as { alg?: JwtAlgorithm; kid?: string }
  const accepted = algorithmsOf(jwk.kty, jwk.crv) ?? []
  return {
    kid,
    algorithms: alg === undefined ? accepted : accepted.filter((name) => name === alg),
    key: createPublicKey({ key: jwk, format: 'jwk' }),
    origin,
  }
}

function algorithmsOf(kty: unknown, crv: unknown): readonly JwtAlgorithm[] | undefined {
  if (kty === 'RSA') return ['RS256', 'RS384', 'RS512', 'PS256']
  if (kty === 'EC' && crv === 'P-256') return ['ES256']
  if (kty === 'EC' && crv === 'P-384') return ['ES384']
  return kty === 'OKP' && crv === 'Ed25519' ? ['EdDSA'] : undefined
}

function encodeJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Strict base64url: a text that decodes to the same bytes as another one is refused, so a token has one spelling. */
function decode(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  if (part === '' || bytes.toString('base64url') !== part) throw refuse('token_malformed', { reason: 'JWT could not be decoded' })
  return bytes
}

function utf8Text(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw refuse('token_malformed', { reason: 'JWT could not be decoded' }, cause)
  }
}

function parseObject(source: Buffer | string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(typeof source === 'string' ? source : utf8Text(source))
  } catch (cause) {
    throw refuse('token_malformed', { reason: 'JWT could not be decoded' }, cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('token_malformed', { reason: 'JWT could not be decoded' })
  return value as Record<string, unknown>
}
