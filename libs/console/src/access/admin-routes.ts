// What every route of the admin API gets on Fastify's level, where Nest has no decorator for it.
import { Inject, Injectable } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { adminPath } from '../console.options.ts'
import { AdminErrorFilter } from '../wire/admin-error.filter.ts'
import { AdminAccess } from './admin-access.ts'

const bodyBytesMax = 1024 * 1024
/** A whole database as INSERT statements has to fit. */
const scriptBytesMax = 64 * 1024 * 1024
const scriptRoutes: ReadonlySet<string> = new Set([`/${adminPath}/sql`, `/${adminPath}/migrations`])

/** Installs access, body limits and error rendering on all routes below /admin/v1. Made before Nest makes its routes. */
@Injectable()
export class AdminRoutes {
  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(AdminAccess) access: AdminAccess,
    @Inject(AdminErrorFilter) errors: AdminErrorFilter,
  ) {
    const fastify: FastifyInstance = host.httpAdapter.getInstance()
    // Scripts that are too long for JSON come as they are; only POST /sql reads them.
    fastify.addContentTypeParser('application/sql', (_request, payload, done) => done(null, payload))
    fastify.addHook('onRoute', (route) => {
      if (route.url !== `/${adminPath}` && !route.url.startsWith(`/${adminPath}/`)) return
      route.bodyLimit = scriptRoutes.has(route.url) ? scriptBytesMax : bodyBytesMax
      route.onRequest = [
        async (request: FastifyRequest, reply: FastifyReply) => {
          // Answers hold keys and rows: no cache may keep them.
          reply.header('cache-control', 'no-store')
          await access.admit(request)
        },
      ]
      route.errorHandler = (error, request, reply) => errors.answer(error, request, reply)
    })
  }
}
