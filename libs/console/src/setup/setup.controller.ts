import { Body, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { OpenRoute } from '../access/admin-actor.ts'
import { AdminController } from '../access/admin-controller.ts'
import type { ConsoleSession, SetupState } from '../admin-api.types.ts'
import { AttemptLimit } from '../session/attempt-limit.ts'
import { ownerPassword } from '../session/owner-password.ts'
import { SessionAnswers } from '../session/session-answers.ts'
import { parseInput } from '../wire/parse-input.ts'
import { SetupService } from './setup.service.ts'

const setupInput = z.strictObject({
  token: z.string().min(1).max(200),
  email: z.email().max(320),
  password: ownerPassword,
})

/** GET and POST /setup: the only routes beside sign-in that need no session. */
@AdminController('setup')
export class SetupController {
  constructor(
    @Inject(SetupService) private readonly setup: SetupService,
    @Inject(SessionAnswers) private readonly answers: SessionAnswers,
    @Inject(AttemptLimit) private readonly limit: AttemptLimit,
  ) {}

  @Get()
  @OpenRoute()
  async state(): Promise<SetupState> {
    return { needed: await this.setup.isNeeded() }
  }

  @Post()
  @OpenRoute()
  @HttpCode(200)
  async complete(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsoleSession> {
    this.limit.take('setup', request.ip)
    const owner = await this.setup.complete(parseInput(setupInput, body), request.id)
    return this.answers.open(owner, reply)
  }
}
