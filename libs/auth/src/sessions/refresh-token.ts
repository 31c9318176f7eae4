// Refresh tokens. The database holds hashes only. The successor of a token is derived from it with a server key, so that
// the answer to a repeated request (the client lost the first answer) can be the same token again.
import { createHash, createHmac } from 'node:crypto'
import { randomToken } from '#libs/kernel'

/** Longest text that is looked up as a refresh token. */
export const refreshTokenCharactersMax = 256

/** Makes and hashes refresh tokens. */
export class RefreshTokens {
  private readonly key: Buffer

  constructor(jwtSecret: string) {
    this.key = createHmac('sha256', jwtSecret).update('plinth refresh token successor').digest()
  }

  /** The first token of a session. */
  first(): string {
    return randomToken(32)
  }

  /** The token that replaces this one. */
  successor(token: string): string {
    return createHmac('sha256', this.key).update(token).digest('base64url')
  }

  /** What is stored. A token has 256 bits of randomness, so a plain hash is enough. */
  hash(token: string): string {
    return createHash('sha256').update(token).digest('hex')
  }
}
