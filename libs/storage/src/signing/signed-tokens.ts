// Tokens of signed URLs: JWTs (HS256) under a secret of their own, so that they open one object and nothing else, and
// no access token opens an object's URL.
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { type Clock, secretsEqual, systemClock } from '#libs/kernel'
import { storageErrors } from '../storage.errors.ts'

const content = z.object({
  /** `bucket/path`. */
  url: z.string(),
  scope: z.enum(['download', 'upload']),
  owner: z.string().optional(),
  upsert: z.boolean().optional(),
  exp: z.number(),
})

/** What a token allows. */
export interface TokenGrant {
  readonly url: string
  readonly scope: 'download' | 'upload'
  /** Whose object an upload makes. */
  readonly owner?: string | undefined
  readonly upsert?: boolean | undefined
}

const TOKEN_CHARACTERS_MAX = 8192
const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url')

/** Makes and checks the tokens of signed URLs. */
export class SignedTokens {
  constructor(
    private readonly secret: string,
    private readonly clock: Clock = systemClock,
  ) {}

  sign(grant: TokenGrant, lifeSeconds: number): string {
    const now = Math.floor(this.clock.nowMs() / 1000)
    const payload = Buffer.from(JSON.stringify({ ...grant, iat: now, exp: now + lifeSeconds })).toString('base64url')
    return `${header}.${payload}.${this.signature(`${header}.${payload}`)}`
  }

  /** What the token grants for this object; throws when it is not ours, has expired, or is for another one or purpose. */
  verify(token: string | readonly string[] | undefined, scope: TokenGrant['scope'], url: string): TokenGrant {
    if (typeof token !== 'string' || token === '') throw refused("querystring must have required property 'token'")
    const [head, payload, signature, ...more] = token.length > TOKEN_CHARACTERS_MAX ? [] : token.split('.')
    if (head === undefined || payload === undefined || signature === undefined || more.length > 0) throw refused('Invalid Compact JWS')
    if (head !== header || !secretsEqual(signature, this.signature(`${head}.${payload}`))) throw refused('signature verification failed')
    const grant = content.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
    if (grant.exp * 1000 <= this.clock.nowMs()) throw refused('"exp" claim timestamp check failed')
    if (grant.scope !== scope || grant.url !== url) throw storageErrors.token_for_another()
    return grant
  }

  private signature(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('base64url')
  }
}

function refused(reason: string) {
  return storageErrors.token_refused({ params: { reason } })
}
