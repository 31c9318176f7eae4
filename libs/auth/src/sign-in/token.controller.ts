import { Body, Header, HttpCode, Inject, Post, Query, Req, UseGuards } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { PlatformDatabase } from '#libs/postgres'
import { AuthApi } from '../auth-api.decorator.ts'
import { authErrors } from '../auth.errors.ts'
import { clientFactsOf } from '../client-facts.ts'
import { RefreshSession } from '../sessions/refresh-session.ts'
import { SessionIssuer, type SessionObject } from '../sessions/session-issuer.ts'
import { parseBody } from '../users/user-fields.ts'
import type { UserRow } from '../users/user-row.ts'
import { PasswordGrantGuard } from './password.strategy.ts'

const refreshInput = z.object({ refresh_token: z.unknown().optional() }, 'must be a JSON object')

@AuthApi()
export class TokenController {
  constructor(
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
    @Inject(SessionIssuer) private readonly issuer: SessionIssuer,
    @Inject(RefreshSession) private readonly refreshSession: RefreshSession,
  ) {}

  @Post('token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @UseGuards(PasswordGrantGuard)
  post(
    @Query('grant_type') grant: unknown,
    @Body() body: unknown,
    @Req() request: FastifyRequest & { user?: UserRow },
  ): Promise<SessionObject> {
    if (grant === 'password') return this.signIn(request.user!, request)
    if (grant === 'refresh_token') return this.refreshSession.refresh(parseBody(refreshInput, body).refresh_token, clientFactsOf(request))
    throw authErrors.unsupported_grant_type()
  }

  private async signIn(user: UserRow, request: FastifyRequest): Promise<SessionObject> {
    const session = await this.database.transaction((tx) => this.issuer.begin(tx, user, 'password', clientFactsOf(request)))
    if (session === undefined) throw authErrors.invalid_credentials()
    return session
  }
}
