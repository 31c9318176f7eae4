// Connections at the end of the server. Node closes those that are idle after a request, but one that was opened and
// never used (browsers and fetch do that, to be faster later) counts as busy for a minute.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Requests that are still running after this many milliseconds are cut off. */
const graceMs = 8_000

/** Watches a server's connections, so that its end does not wait for anybody. */
export class OpenConnections {
  private readonly unused = new Set<Socket>()

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.unused.add(socket)
      socket.once('close', () => this.unused.delete(socket))
    })
    server.on('request', ({ socket }: { socket: Socket }) => this.unused.delete(socket))
    server.on('upgrade', ({ socket }: { socket: Socket }) => this.unused.delete(socket))
  }

  /** Call it before the server is closed: unused connections end at once, running requests have 8 seconds. */
  drain(): void {
    for (const socket of this.unused) socket.destroy()
    setTimeout(() => this.server.closeAllConnections(), graceMs).unref()
  }
}
