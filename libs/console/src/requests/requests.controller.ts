import { Get, Inject } from '@nestjs/common'
import { AdminController } from '../access/admin-controller.ts'
import type { RequestSample } from '../admin-api.types.ts'
import { RequestLog } from './request-log.ts'

/** GET /requests. */
@AdminController('requests')
export class RequestsController {
  constructor(@Inject(RequestLog) private readonly log: RequestLog) {}

  @Get()
  list(): RequestSample[] {
    return this.log.list()
  }
}
