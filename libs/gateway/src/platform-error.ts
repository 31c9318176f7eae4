// The renderer of the platform's own dialect: `{ error: { code, message, hint, requestId } }`. It answers wherever no
// API dialect (REST, GraphQL, auth, storage) has a shape of its own.
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError, type Logger, LOGGER } from '#libs/kernel'
import { gatewayErrors } from './gateway.errors.ts'

/** Turns whatever was thrown into an AppError: Fastify's and Nest's own refusals keep their meaning, the rest is 500. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number } | null)?.statusCode
  const reason = error instanceof Error ? error.message : ''
  if (status === 413) return gatewayErrors.body_too_large({ cause: error })
  if (status === 415) return gatewayErrors.media_type_unsupported({ cause: error })
  if (status !== undefined && status >= 400 && status < 500) return gatewayErrors.request_malformed({ params: { reason }, cause: error })
  return gatewayErrors.unexpected({ cause: error })
}

/** Writes the error in the platform's shape. */
export function renderPlatformError(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
  reply
    .status(error.status)
    // Not every refusal has passed the frame's hooks: a URL that cannot be decoded reaches no route.
    .header('x-request-id', request.id)
    .type('application/json; charset=utf-8')
    .send({
      error: { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }), requestId: request.id },
    })
}

/** Nest reports an unserved path as a NotFoundException of its own; controllers of ours throw AppErrors. */
function isUnknownPath(thrown: unknown): boolean {
  return thrown instanceof HttpException && thrown.getStatus() === 404
}

function unknownPath(request: FastifyRequest): AppError {
  const path = request.url.split('?', 1)[0]!
  return gatewayErrors.path_unknown({ params: { method: request.method, path: path.slice(0, 200) } })
}

/** Nest's last exception filter: what no dialect's filter has caught. */
@Catch()
export class PlatformErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    // Other transports render by themselves what their handlers threw.
    if (host.getType<string>() !== 'http') throw thrown
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const error = isUnknownPath(thrown) ? unknownPath(request) : asAppError(thrown)
    if (error.status >= 500) this.logger.error({ requestId: request.id, err: error.cause ?? error, detail: error.detail }, error.message)
    renderPlatformError(error, request, http.getResponse<FastifyReply>())
  }
}
