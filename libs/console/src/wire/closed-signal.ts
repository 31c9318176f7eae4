import type { FastifyReply } from 'fastify'

/** Aborted when the caller goes away before it has its answer. */
export function closedSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return gone.signal
}
