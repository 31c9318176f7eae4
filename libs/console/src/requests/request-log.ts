import { Injectable } from '@nestjs/common'
import type { RequestSample } from '../admin-api.types.ts'

const samplesMax = 500
const pathCharsMax = 300

/** The last requests over the APIs, in memory. A path is kept without its query, which may hold values of users. */
@Injectable()
export class RequestLog {
  private readonly ring: RequestSample[] = []
  private next = 0

  /** Keeps one request; the oldest gives way. Cheap enough for every request. */
  record(sample: RequestSample): void {
    const path = sample.path.split('?', 1)[0]!.slice(0, pathCharsMax)
    this.ring[this.next] = { ...sample, path }
    this.next = (this.next + 1) % samplesMax
  }

  /** Newest first. */
  list(): RequestSample[] {
    return [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)].reverse()
  }
}
