import type { FastifyRequest } from 'fastify'
import type { ClientFacts } from './sessions/session-issuer.ts'

/** Address and user agent of a request. Whether a proxy's word about the address counts is the HTTP server's setting. */
export function clientFactsOf(request: FastifyRequest): ClientFacts {
  return { address: request.ip, userAgent: request.headers['user-agent'] }
}
