// What the auth routes need from the HTTP server itself, before any controller runs: the size of bodies, and errors of
// parsing in the auth dialect. Set route by route at registration, so that no other API is touched.
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Logger } from '#libs/kernel'
import { authPath } from '../auth-api.decorator.ts'
import { apiVersionOf, renderAuthError } from './render-auth-error.ts'

const bodyBytesMax = 1_048_576

/** Has to be called before the controllers' routes are registered: a module's constructor is early enough. */
export function shapeAuthRoutes(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onRoute', (route: RouteOptions) => {
    if (!route.url.startsWith(`/${authPath}/`)) return
    route.bodyLimit = bodyBytesMax
    route.errorHandler = (error, request, reply) => renderAuthError(error, request, reply, logger)
    route.onRequest = [...asList(route.onRequest), prepare]
  })
}

function prepare(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const version = apiVersionOf(request)
  if (version !== undefined) reply.header('x-supabase-api-version', version)
  // auth-js names JSON as the type of an empty body (logout), which Fastify would refuse.
  const { headers } = request
  if (headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0') delete headers['content-type']
  done()
}

function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T]
}
