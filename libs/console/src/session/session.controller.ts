import { Body, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AuditLog } from '#libs/audit'
import { Admin, actorName, OpenRoute, type AdminContext } from '../access/admin-actor.ts'
import { AdminController } from '../access/admin-controller.ts'
import type { ConsoleSession } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'
import { parseInput } from '../wire/parse-input.ts'
import { SessionAnswers } from './session-answers.ts'
import { credentialsInput, SignIn } from './sign-in.ts'

/** POST, GET and DELETE /session. A key of the service role has no session: it gets 401 here. */
@AdminController('session')
export class SessionController {
  constructor(
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(SessionAnswers) private readonly answers: SessionAnswers,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  @Post()
  @OpenRoute()
  @HttpCode(200)
  async open(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsoleSession> {
    const owner = await this.signIn.signIn(parseInput(credentialsInput, body), { address: request.ip, requestId: request.id })
    return this.answers.open(owner, reply)
  }

  @Get()
  show(@Admin() { actor }: AdminContext): ConsoleSession {
    if (actor.kind !== 'owner') throw consoleErrors.not_signed_in()
    return this.answers.show({ id: actor.ownerId, email: actor.email }, actor.expiresAt)
  }

  @Delete()
  @HttpCode(204)
  async close(@Admin() { actor, requestId }: AdminContext, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    if (actor.kind !== 'owner') throw consoleErrors.not_signed_in()
    await this.answers.close(actor.tokenHash, reply)
    await this.audit.append({ actor: actorName(actor), action: 'session.close', requestId })
  }
}
