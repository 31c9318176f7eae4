// What keeps a stranger's upload from holding a connection for ever, while it sends and after it was refused.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StorageLimits } from '../storage-engine.ts'

const DRAIN_MAX_MS = 30_000

/** Ends the connection of an upload that has gone silent or takes too long; the store then sees the body break off. */
export function guardUpload(request: FastifyRequest, reply: FastifyReply, limits: StorageLimits): void {
  const { raw } = request
  raw.setTimeout(limits.uploadSilenceMaxMs, () => {
    if (!raw.complete) raw.destroy()
  })
  const deadline = setTimeout(() => {
    if (!raw.complete) raw.destroy()
  }, limits.uploadDurationMaxMs)
  // What follows the body, for example an S3 server that puts parts together, may take its time.
  raw.once('end', () => raw.setTimeout(0))
  reply.raw.once('close', () => clearTimeout(deadline))
}

/**
 * Lets the rest of a refused body pass by, for a while: a client that is still sending reads the answer only when it
 * may go on, and a connection that is closed under it would lose the answer.
 */
export function drainRefusedUpload(request: FastifyRequest): void {
  const { raw } = request
  if (raw.complete || raw.destroyed) return
  raw.unpipe()
  raw.on('error', () => undefined)
  raw.resume()
  const deadline = setTimeout(() => {
    if (!raw.complete) raw.destroy()
  }, DRAIN_MAX_MS)
  deadline.unref()
  raw.once('close', () => clearTimeout(deadline))
}
