// Begins sessions and signs their access tokens.
import { Inject, Injectable } from '@nestjs/common'
import { isIP } from 'node:net'
import { PROJECT_KEYS, TokenSigner, type ProjectKeys } from '#libs/identity'
import { uuidv7 } from '#libs/kernel'
import type { PlatformQueries } from '#libs/postgres'
import { SettingsService } from '#libs/settings'
import { authSettings } from '../auth.settings.ts'
import { findUser } from '../users/users.ts'
import { renderUser, type UserRow } from '../users/user-row.ts'
import { RefreshTokens } from './refresh-token.ts'

/** Where a request comes from: shown to users and admins beside the session. */
export interface ClientFacts {
  readonly address: string
  readonly userAgent: string | undefined
}

/** A session that may sign access tokens. */
export interface SessionFacts {
  readonly id: string
  readonly aal: string
  readonly methods: readonly { readonly method: string; readonly timestamp: number }[]
}

/** The session object of the API (contract 1.4). */
export interface SessionObject {
  readonly access_token: string
  readonly token_type: 'bearer'
  readonly expires_in: number
  readonly expires_at: number
  readonly refresh_token: string
  readonly user: Record<string, unknown>
}

@Injectable()
export class SessionIssuer {
  readonly refreshTokens: RefreshTokens

  constructor(
    @Inject(TokenSigner) private readonly signer: TokenSigner,
    @Inject(SettingsService) private readonly settings: SettingsService,
    @Inject(PROJECT_KEYS) keys: ProjectKeys,
  ) {
    this.refreshTokens = new RefreshTokens(keys.jwtSecret)
    signer.useHs256When(() => settings.get(authSettings).accessTokenAlgorithm === 'HS256')
  }

  /**
   * Begins a session inside the caller's transaction. undefined when the user was deleted, or the password changed,
   * since the caller looked: a sign-in must not outlive either.
   */
  async begin(tx: PlatformQueries, user: UserRow, method: string, client: ClientFacts): Promise<SessionObject | undefined> {
    const unchanged = await tx.query(
      `UPDATE auth.users SET last_sign_in_at = now(), updated_at = now()
       WHERE id = $1 AND deleted_at IS NULL AND encrypted_password IS NOT DISTINCT FROM $2 RETURNING id`,
      [user.id, user.encrypted_password],
    )
    if (unchanged.length === 0) return undefined
    const id = uuidv7()
    const refreshToken = this.refreshTokens.first()
    await tx.query(`DELETE FROM auth.sessions WHERE user_id = $1 AND not_after < now() - interval '1 day'`, [user.id])
    await tx.query(
      `WITH session AS (
         INSERT INTO auth.sessions (id, user_id, aal, user_agent, ip) VALUES ($1, $2, 'aal1', $3, $4)
       ), method AS (
         INSERT INTO auth.mfa_amr_claims (session_id, authentication_method) VALUES ($1, $5)
       ), token AS (
         INSERT INTO auth.refresh_tokens (token, user_id, session_id, revoked) VALUES ($6, $7, $1, false)
       )
       UPDATE auth.identities SET last_sign_in_at = now() WHERE user_id = $2 AND provider = 'email'`,
      [id, user.id, ...clientColumns(client), method, this.refreshTokens.hash(refreshToken), user.id],
    )
    const session = { id, aal: 'aal1', methods: [{ method, timestamp: Math.floor(Date.now() / 1000) }] }
    return this.render((await findUser(tx, user.id))!, session, refreshToken)
  }

  /** Signs an access token and puts the session object together. */
  render(user: UserRow, session: SessionFacts, refreshToken: string): SessionObject {
    const seconds = this.settings.get(authSettings).accessTokenSeconds
    const { token, expiresAt } = this.signer.sign(
      {
        sub: user.id,
        aud: user.aud ?? 'authenticated',
        email: user.email ?? '',
        phone: user.phone ?? '',
        app_metadata: user.raw_app_meta_data ?? {},
        user_metadata: user.raw_user_meta_data ?? {},
        role: user.role ?? 'authenticated',
        aal: session.aal,
        amr: session.methods,
        session_id: session.id,
        is_anonymous: user.is_anonymous,
      },
      seconds,
    )
    return {
      access_token: token,
      token_type: 'bearer',
      expires_in: seconds,
      expires_at: expiresAt,
      refresh_token: refreshToken,
      user: renderUser(user),
    }
  }
}

/** user_agent and ip as they are stored; what is no address (behind a proxy that sends one) is left out. */
export function clientColumns(client: ClientFacts): [string | null, string | null] {
  return [client.userAgent?.slice(0, 500) ?? null, isIP(client.address) === 0 ? null : client.address]
}
