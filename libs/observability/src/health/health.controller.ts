import { Controller, Get, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { HealthRegistry } from './health-registry.ts'

/** `GET /health/live` and `GET /health/ready` (contracts: paths). Open to everybody: load balancers carry no key. */
@Controller('health')
export class HealthController {
  constructor(@Inject(HealthRegistry) private readonly health: HealthRegistry) {}

  /** 200 as soon as the process listens. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' }
  }

  /** 200 when every dependency works, else 503 with the names of those that do not. */
  @Get('ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const report = await this.health.report()
    await reply
      .status(report.status === 'ok' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report)
  }
}
