import { Injectable } from '@nestjs/common'
import type { RequestSample } from '../admin-api.types.ts'

const samplesMax = 500
const pathCharsMax = 300

/** A request that was answered. `path` has no query: values of users travel there. */
export type LoggedRequest = Omit<RequestSample, 'at'>

/** The last requests over the APIs, in memory. Recording keeps a reference; the rest is done when somebody looks. */
@Injectable()
export class RequestLog {
  private readonly ring: { readonly request: LoggedRequest; readonly atMs: number }[] = []
  private next = 0

  /** Keeps one request; the oldest gives way. Cheap enough for every request. */
  record(request: LoggedRequest): void {
    this.ring[this.next] = { request, atMs: Date.now() }
    this.next = (this.next + 1) % samplesMax
  }

  /** Newest first. */
  list(): RequestSample[] {
    return [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)].reverse().map(({ request, atMs }) => ({
      at: new Date(atMs).toISOString(),
      method: request.method,
      path: request.path.split('?', 1)[0]!.slice(0, pathCharsMax),
      status: request.status,
      durationMs: request.durationMs,
      role: request.role,
      requestId: request.requestId,
    }))
  }
}
