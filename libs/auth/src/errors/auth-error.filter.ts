import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LOGGER, type Logger } from '#libs/kernel'
import { renderAuthError } from './render-auth-error.ts'

/** Answers every failure of the auth controllers in the auth dialect. */
@Catch()
export class AuthErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    renderAuthError(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.logger)
  }
}
