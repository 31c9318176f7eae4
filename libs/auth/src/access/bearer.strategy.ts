import { Inject, Injectable } from '@nestjs/common'
import { AuthGuard, PassportStrategy } from '@nestjs/passport'
import type { FastifyRequest } from 'fastify'
import { PrincipalResolver, type Principal } from '#libs/identity'
import { PlatformDatabase } from '#libs/postgres'
import { authErrors } from '../auth.errors.ts'
import type { UserRow } from '../users/user-row.ts'
import { findUser } from '../users/users.ts'
import { HttpBearer } from './http-bearer.ts'

/** The user behind a request: what `request.user` is after {@link UserGuard}. */
export interface SignedInUser {
  readonly user: UserRow
  readonly principal: Principal
  readonly sessionId: string | undefined
}

const strategyName = 'plinth-bearer'
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Is this text a UUID? */
export function isUuid(text: string): boolean {
  return uuid.test(text)
}

/** A user's access token: it must verify, its session must be alive and its user must exist. */
@Injectable()
export class BearerStrategy extends PassportStrategy(HttpBearer, strategyName) {
  constructor(
    @Inject(PrincipalResolver) private readonly resolver: PrincipalResolver,
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
  ) {
    super()
  }

  async validate(_request: FastifyRequest, token: string): Promise<SignedInUser> {
    const principal = await this.resolver.resolve({ authorization: `Bearer ${token}` })
    if (principal.userId === undefined) throw authErrors.bad_jwt({ params: { reason: 'invalid claim: missing sub claim' } })
    if (!isUuid(principal.userId)) throw authErrors.bad_jwt({ params: { reason: 'invalid claim: sub claim must be a UUID' } })
    const user = await findUser(this.database, principal.userId)
    if (user === undefined || user.deleted_at !== null) throw authErrors.user_of_token_gone()
    if (principal.sessionId !== undefined) await this.checkSession(principal.sessionId, user.id)
    return { user, principal, sessionId: principal.sessionId }
  }

  private async checkSession(sessionId: string, userId: string): Promise<void> {
    const alive = await this.database.query(
      `SELECT FROM auth.sessions WHERE id::text = $1 AND user_id = $2 AND (not_after IS NULL OR not_after > now())`,
      [sessionId.toLowerCase(), userId],
    )
    if (alive.length === 0) throw authErrors.session_of_token_gone()
  }
}

/** Guard of the routes of a signed-in user. No passport session is made: a guard never calls `request.logIn`. */
export class UserGuard extends AuthGuard(strategyName) {}
