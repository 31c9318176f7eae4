// A real HTTP server that records what arrives and answers as told: the wire as the SDK speaks it.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Recorded {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: unknown
  readonly delayMs?: number
}

export class RecordingServer implements AsyncDisposable {
  readonly requests: Recorded[] = []
  private constructor(
    readonly server: Server,
    readonly url: string,
  ) {}

  static async start(answer: (request: Recorded) => Answer): Promise<RecordingServer> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://server')
        const recorded: Recorded = {
          method: request.method ?? '',
          path: decodeURIComponent(url.pathname),
          query: url.searchParams,
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        }
        recording.requests.push(recorded)
        const { status = 200, headers = {}, body, delayMs = 0 } = answer(recorded)
        const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
        setTimeout(() => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text), delayMs)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const recording = new RecordingServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    return recording
  }

  get last(): Recorded {
    const request = this.requests.at(-1)
    if (request === undefined) throw new Error('no request arrived')
    return request
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}
