// What every request gets whatever it asks for: an id, CORS, an entry in metrics and log. Hooks on the bare Fastify instance: they run for Nest controllers and raw dialect routes alike.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Logger } from '#libs/kernel'

/** One answered request, as observers see it. `path` has no query string: tokens travel there. */
export interface AnsweredRequest {
  readonly requestId: string
  readonly method: string
  readonly path: string
  /** The route's pattern; `unknown` when nobody serves the path. */
  readonly route: string
  readonly status: number
  readonly durationMs: number
}

/** What the composition hands in. */
export interface RequestFrameOptions {
  readonly logger: Logger
  /** Called once per answered request, synchronously: must be cheap, must not throw, must not keep the headers. */
  readonly onAnswered: (request: AnsweredRequest, headers: IncomingHttpHeaders) => void
}

/** Response headers that browsers let scripts read (contracts: supabase.md section 0). */
const exposedHeaders = [
  'Content-Range',
  'Content-Location',
  'Content-Profile',
  'Preference-Applied',
  'X-Total-Count',
  'Link',
  'X-Request-Id',
  'x-sb-error-code',
  'x-relay-error',
  'Location',
  'ETag',
  'Retry-After',
  'Upload-Offset',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Expires',
  'Tus-Resumable',
  'Tus-Version',
  'Tus-Extension',
  'Tus-Max-Size',
  'Tus-Complete',
].join(', ')
const allowedMethods = 'GET, HEAD, PUT, PATCH, POST, DELETE, OPTIONS'
const drainedBytesMax = 256 << 20
const acceptableRequestId = /^[\w.:-]{1,128}$/

/** The id of a request: the caller's `X-Request-Id` when it is harmless to log, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && acceptableRequestId.test(given) ? given : randomUUID()
}

/** Installs the hooks. Call before any route is registered. */
export function installRequestFrame(fastify: FastifyInstance, options: RequestFrameOptions): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
    // Any origin may call: no cookie opens the data APIs, and the console's cookie is SameSite=Strict.
    if (request.headers.origin !== undefined) {
      reply.header('access-control-allow-origin', '*')
      if (isPreflight(request)) return void answerPreflight(request, reply)
      reply.header('access-control-expose-headers', exposedHeaders)
    }
    done()
  })
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (reply.statusCode === 413) letTheBodyDrain(request, reply)
    done()
  })
  fastify.addHook('onResponse', (request, reply, done) => {
    const answered = describe(request, reply)
    options.onAnswered(answered, request.headers)
    logAnswer(options.logger, answered)
    done()
  })
}

/**
 * Fastify closes the connection after a body that is too large, while the client still sends: most clients then report a
 * broken pipe and never see our answer. Without the close Node reads the rest away, for bodies of bearable size.
 */
function letTheBodyDrain(request: FastifyRequest, reply: FastifyReply): void {
  if (Number(request.headers['content-length'] ?? Infinity) <= drainedBytesMax) reply.removeHeader('connection')
}

function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
}

function answerPreflight(request: FastifyRequest, reply: FastifyReply): void {
  reply
    .status(204)
    .header('access-control-allow-methods', allowedMethods)
    .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
    .header('access-control-max-age', '86400')
    .header('vary', 'Access-Control-Request-Headers')
    .send()
}

function describe(request: FastifyRequest, reply: FastifyReply): AnsweredRequest {
  const query = request.url.indexOf('?')
  return {
    requestId: request.id,
    method: request.method,
    path: query < 0 ? request.url : request.url.slice(0, query),
    route: request.routeOptions.url ?? 'unknown',
    status: reply.statusCode,
    durationMs: reply.elapsedTime,
  }
}

/** Good news at debug level, the caller's faults at info, ours at warn: a quiet log is a log that is read. */
function logAnswer(logger: Logger, answered: AnsweredRequest): void {
  if (answered.status >= 500) logger.warn(answered, 'request failed')
  else if (answered.status >= 400) logger.info(answered, 'request refused')
  else if (logger.isLevelEnabled('debug')) logger.debug(answered, 'request answered')
}
