import { Body, Get, HttpCode, Inject, Post, Put, Query, Req, UseGuards } from '@nestjs/common'
import { PlatformDatabase } from '#libs/postgres'
import { UserGuard, type SignedInUser } from '../access/bearer.strategy.ts'
import { AuthApi } from '../auth-api.decorator.ts'
import { invalidInput } from '../auth.errors.ts'
import { endSessions, type SessionScope } from '../sessions/end-sessions.ts'
import { SessionRevocations } from '../sessions/session-revocations.ts'
import { UpdateOwnUser } from './update-own-user.ts'
import { renderUser } from './user-row.ts'

interface UserRequest {
  readonly user: SignedInUser
}

/** The routes of a signed-in user. */
// Decorators run upwards: the API key is looked at first.
@UseGuards(UserGuard)
@AuthApi()
export class UserController {
  constructor(
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
    @Inject(UpdateOwnUser) private readonly updateOwnUser: UpdateOwnUser,
    @Inject(SessionRevocations) private readonly revocations: SessionRevocations,
  ) {}

  @Get('user')
  get(@Req() request: UserRequest): object {
    return renderUser(request.user.user)
  }

  @Put('user')
  async put(@Req() request: UserRequest, @Body() body: unknown): Promise<object> {
    return renderUser(await this.updateOwnUser.update(request.user, body))
  }

  @Post('logout')
  @HttpCode(204)
  async logout(@Req() request: UserRequest, @Query('scope') scope: unknown = 'global'): Promise<void> {
    const { user, sessionId } = request.user
    const sessionIds = await endSessions(this.database, user.id, scopeOf(scope, sessionId))
    this.revocations.announce({ userId: user.id, sessionIds })
  }
}

/** A token without a session cannot single one out: it signs out everywhere. */
function scopeOf(scope: unknown, sessionId: string | undefined): SessionScope {
  if (scope !== 'global' && scope !== 'local' && scope !== 'others') {
    throw invalidInput(`Unsupported logout scope "${String(scope).slice(0, 50)}"`)
  }
  return scope === 'global' || sessionId === undefined ? { scope: 'global' } : { scope, sessionId }
}
