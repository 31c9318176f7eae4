// POST /token?grant_type=refresh_token: rotation with reuse detection (contract 1.6).
//   the active token                -> replaced by its successor
//   the parent of the active token  -> the active token again: the client lost the answer
//   replaced within the interval    -> the active token: several tabs refreshed at once
//   anything older                  -> somebody else holds the family: the session ends
// All decisions are taken under a lock on the session's row, in one transaction.
import { Inject, Injectable } from '@nestjs/common'
import { PlatformDatabase, type PlatformQueries } from '#libs/postgres'
import { SettingsService } from '#libs/settings'
import { authErrors, invalidInput } from '../auth.errors.ts'
import { authSettings } from '../auth.settings.ts'
import { AuthLimits } from '../limits/auth-limits.ts'
import { isBanned, type UserRow } from '../users/user-row.ts'
import { findUser } from '../users/users.ts'
import { refreshTokenCharactersMax } from './refresh-token.ts'
import { clientColumns, SessionIssuer, type ClientFacts, type SessionFacts, type SessionObject } from './session-issuer.ts'
import { SessionRevocations } from './session-revocations.ts'

interface LockedSession {
  readonly id: string
  readonly user_id: string
  readonly aal: string | null
  readonly ended: boolean
}
interface PresentedToken {
  readonly revoked: boolean
  readonly within_interval: boolean
  readonly active: string | null
  readonly active_parent: string | null
}
type Outcome =
  | { readonly kind: 'refreshed'; readonly user: UserRow; readonly session: SessionFacts; readonly token: string }
  | {
      readonly kind: 'refused'
      readonly error: 'refresh_token_not_found' | 'refresh_token_already_used' | 'session_expired' | 'user_banned'
    }
  | { readonly kind: 'stolen'; readonly userId: string; readonly sessionId: string }

/** How many rotations are followed from a token that was replaced a moment ago to the active one. */
const successorsMax = 100

const lockSession = `
  SELECT id, user_id, aal::text AS aal, coalesce(not_after <= now(), false) AS ended FROM auth.sessions
  WHERE id = (SELECT session_id FROM auth.refresh_tokens WHERE token = $1) FOR UPDATE`
const readToken = `
  SELECT t.revoked, t.updated_at > clock_timestamp() - $2 * interval '1 second' AS within_interval, a.token AS active, a.parent AS active_parent
  FROM auth.refresh_tokens t LEFT JOIN auth.refresh_tokens a ON a.session_id = t.session_id AND a.revoked = false
  WHERE t.token = $1`

@Injectable()
export class RefreshSession {
  constructor(
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
    @Inject(SettingsService) private readonly settings: SettingsService,
    @Inject(SessionIssuer) private readonly issuer: SessionIssuer,
    @Inject(SessionRevocations) private readonly revocations: SessionRevocations,
    @Inject(AuthLimits) private readonly limits: AuthLimits,
  ) {}

  /** Exchanges a refresh token for a new session object. Refuses with 400 (contract 1.5) and 429. */
  async refresh(token: unknown, client: ClientFacts): Promise<SessionObject> {
    if (typeof token !== 'string' || token === '' || token.length > refreshTokenCharactersMax)
      throw invalidInput('Refresh token is not valid')
    const outcome = await this.database.transaction((tx) => this.decide(tx, token, client))
    if (outcome.kind === 'stolen') {
      this.revocations.announce({ userId: outcome.userId, sessionIds: [outcome.sessionId] })
      throw authErrors.refresh_token_already_used()
    }
    if (outcome.kind === 'refused') throw authErrors[outcome.error]()
    return this.issuer.render(outcome.user, outcome.session, outcome.token)
  }

  private async decide(tx: PlatformQueries, token: string, client: ClientFacts): Promise<Outcome> {
    const { refreshTokens } = this.issuer
    const hash = refreshTokens.hash(token)
    const [session] = await tx.query<LockedSession>(lockSession, [hash])
    this.limits.take('refreshPerAccount', `${client.address} ${session?.user_id ?? 'unknown'}`)
    if (session === undefined) return { kind: 'refused', error: 'refresh_token_not_found' }
    const [presented] = await tx.query<PresentedToken>(readToken, [hash, this.settings.get(authSettings).refreshReuseSeconds])
    if (presented === undefined) return { kind: 'refused', error: 'refresh_token_not_found' }
    if (session.ended) return { kind: 'refused', error: presented.revoked ? 'refresh_token_already_used' : 'session_expired' }
    const user = await findUser(tx, session.user_id)
    if (user === undefined || user.deleted_at !== null) return { kind: 'refused', error: 'refresh_token_not_found' }
    if (isBanned(user, Date.now())) return { kind: 'refused', error: 'user_banned' }

    if (!presented.revoked) {
      const next = refreshTokens.successor(token)
      await this.replace(tx, session, hash, next, client)
      return this.refreshed(tx, user, session, next)
    }
    const isParentOfActive = presented.active !== null && presented.active_parent === hash
    if (presented.active === null || !(isParentOfActive || presented.within_interval)) {
      await endSession(tx, session.id)
      return { kind: 'stolen', userId: session.user_id, sessionId: session.id }
    }
    const known = this.successorWithHash(token, presented.active)
    if (known !== undefined) return this.refreshed(tx, user, session, known)
    // The server key changed in between, so the active token cannot be told again: it is replaced.
    const fresh = refreshTokens.first()
    await this.replace(tx, session, presented.active, fresh, client)
    return this.refreshed(tx, user, session, fresh)
  }

  private successorWithHash(token: string, hash: string): string | undefined {
    let candidate = token
    for (let i = 0; i < successorsMax; i++) {
      candidate = this.issuer.refreshTokens.successor(candidate)
      if (this.issuer.refreshTokens.hash(candidate) === hash) return candidate
    }
    return undefined
  }

  /** Two statements: the unique index on the active token of a session is checked row by row. */
  private async replace(tx: PlatformQueries, session: LockedSession, parent: string, next: string, client: ClientFacts): Promise<void> {
    await tx.query(`UPDATE auth.refresh_tokens SET revoked = true, updated_at = clock_timestamp() WHERE token = $1`, [parent])
    await tx.query(
      `WITH token AS (
         INSERT INTO auth.refresh_tokens (token, user_id, session_id, parent, revoked) VALUES ($1, $2, $3, $4, false)
       ), old AS (
         DELETE FROM auth.refresh_tokens WHERE session_id = $3 AND revoked AND updated_at < now() - interval '90 days'
       )
       UPDATE auth.sessions SET refreshed_at = now() AT TIME ZONE 'utc', updated_at = now(), user_agent = $5, ip = $6 WHERE id = $3`,
      [this.issuer.refreshTokens.hash(next), session.user_id, session.id, parent, ...clientColumns(client)],
    )
  }

  private async refreshed(tx: PlatformQueries, user: UserRow, session: LockedSession, token: string): Promise<Outcome> {
    const methods = await tx.query<{ method: string; timestamp: number }>(
      `SELECT authentication_method AS method, extract(epoch FROM created_at)::int AS timestamp
       FROM auth.mfa_amr_claims WHERE session_id = $1 ORDER BY created_at`,
      [session.id],
    )
    return { kind: 'refreshed', user, session: { id: session.id, aal: session.aal ?? 'aal1', methods }, token }
  }
}

/** Ends a session but keeps its tokens, so that each of them is answered with "already used". */
async function endSession(tx: PlatformQueries, sessionId: string): Promise<void> {
  await tx.query(`UPDATE auth.refresh_tokens SET revoked = true, updated_at = clock_timestamp() WHERE session_id = $1 AND NOT revoked`, [
    sessionId,
  ])
  await tx.query(`UPDATE auth.sessions SET not_after = now(), updated_at = now() WHERE id = $1`, [sessionId])
}
