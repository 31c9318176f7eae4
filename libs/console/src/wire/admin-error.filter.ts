import { Catch, Inject, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LOGGER, type Logger } from '#libs/kernel'
import { renderAdminError } from './render-admin-error.ts'

/** Answers every error of an admin controller, and of the hooks before it, in the one shape of the admin API. */
@Injectable()
@Catch()
export class AdminErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.answer(error, host.switchToHttp().getRequest<FastifyRequest>(), host.switchToHttp().getResponse<FastifyReply>())
  }

  /** Also used as Fastify's error handler of the routes: for what fails before a controller is reached. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { status, body, fault } = renderAdminError(error, request.id)
    if (fault) this.logger.error({ err: error, requestId: request.id, url: request.url }, 'admin API request failed')
    if (reply.sent || reply.raw.destroyed) return
    if (body.error.code === 'too_many_attempts') reply.header('retry-after', /\d+/.exec(body.error.message)?.[0] ?? '60')
    void reply.code(status).header('cache-control', 'no-store').type('application/json; charset=utf-8').send(body)
  }
}
