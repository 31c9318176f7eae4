import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { SERVICE_ROLE, TokenSigner } from '#libs/identity'
import type { ConsoleSession } from '../admin-api.types.ts'
import { CONSOLE_OPTIONS, type ConsoleOptions } from '../console.options.ts'
import { ConsoleSessions } from './console-sessions.ts'
import { clearedSessionCookie, sessionCookie } from './session-cookie.ts'

const serviceTokenSeconds = 600

/** Makes the answers of /setup and /session: the session, its cookie, and a short-lived service token for the SDK. */
@Injectable()
export class SessionAnswers {
  constructor(
    @Inject(ConsoleSessions) private readonly sessions: ConsoleSessions,
    @Inject(TokenSigner) private readonly signer: TokenSigner,
    @Inject(CONSOLE_OPTIONS) private readonly options: ConsoleOptions,
  ) {}

  async open(owner: { id: string; email: string }, reply: FastifyReply): Promise<ConsoleSession> {
    const { token, expiresAt } = await this.sessions.open(owner.id)
    reply.header('set-cookie', sessionCookie(token, expiresAt, this.isSecure()))
    return { token, ...this.show(owner, expiresAt) }
  }

  show(owner: { id: string; email: string }, expiresAt: Date): ConsoleSession {
    const service = this.signer.sign({ role: SERVICE_ROLE, aud: 'authenticated' }, serviceTokenSeconds)
    return {
      expiresAt: expiresAt.toISOString(),
      owner: { id: owner.id, email: owner.email },
      serviceToken: service.token,
      serviceTokenExpiresAt: new Date(service.expiresAt * 1000).toISOString(),
    }
  }

  async close(tokenHash: Buffer, reply: FastifyReply): Promise<void> {
    await this.sessions.close(tokenHash)
    reply.header('set-cookie', clearedSessionCookie(this.isSecure()))
  }

  private isSecure(): boolean {
    return this.options.publicUrl.startsWith('https:')
  }
}
