import { Controller, Get, Inject, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { PrincipalResolver, SERVICE_ROLE } from '#libs/identity'
import { AppError } from '#libs/kernel'
import { observabilityErrors } from '../observability.errors.ts'
import { Metrics } from './metrics.ts'

/** `GET /metrics`: from loopback without a key, from elsewhere with the secret or service key. */
@Controller('metrics')
export class MetricsController {
  constructor(
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(PrincipalResolver) private readonly principals: PrincipalResolver,
  ) {}

  @Get()
  async scrape(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!isDirectLoopback(request) && !(await this.isService(request))) throw observabilityErrors.metrics_forbidden()
    const { text, contentType } = await this.metrics.render()
    await reply.header('content-type', contentType).send(text)
  }

  private async isService(request: FastifyRequest): Promise<boolean> {
    const { authorization, apikey } = request.headers
    try {
      const principal = await this.principals.resolve({ authorization, apikey: typeof apikey === 'string' ? apikey : undefined })
      return principal.role === SERVICE_ROLE
    } catch (error) {
      if (error instanceof AppError) return false
      throw error
    }
  }
}

/** The peer itself is on this machine: a proxy on loopback passes requests of strangers on, and marks them. */
function isDirectLoopback(request: FastifyRequest): boolean {
  const peer = request.socket.remoteAddress ?? ''
  const loopback = peer === '::1' || peer.startsWith('127.') || peer.startsWith('::ffff:127.')
  return loopback && request.headers['x-forwarded-for'] === undefined && request.headers.forwarded === undefined
}
