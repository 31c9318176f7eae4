import { All, Req } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import { AdminController } from '../access/admin-controller.ts'
import { consoleErrors } from '../console.errors.ts'

/** Whatever else is asked below /admin/v1: the same answer for every unknown path, in the shape of the others. */
@AdminController('')
export class UnknownRouteController {
  @All('*')
  refuse(@Req() request: FastifyRequest): never {
    throw consoleErrors.route_not_found({ params: { method: request.method, path: request.url.split('?', 1)[0]! } })
  }
}
