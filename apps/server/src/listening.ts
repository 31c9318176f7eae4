// The port is tried before anything else starts: a port in use should cost a second, not a database start.
import { type AddressInfo, createServer } from 'node:net'
import { defineErrors } from '#libs/kernel'

const listeningErrors = defineErrors('server', {
  port_in_use: {
    status: 500,
    message: 'Port {port} on {host} is in use, perhaps by another Plinth. Stop that program, or choose another port with PLINTH_PORT.',
  },
  port_forbidden: { status: 500, message: 'This user may not listen on port {port}. Choose one above 1023 with PLINTH_PORT.' },
  host_unknown: { status: 500, message: 'This machine has no address {host} to listen on. Correct PLINTH_HOST.' },
})

/**
 * The port that the server will listen on: the given one when it is free, a free one for 0 (links and issuers need the
 * number before anything listens). Rejects with the cause and the way out when the port cannot be had.
 */
export async function choosePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => reject(asListeningError(error, host, port)))
    probe.listen(port, host, () => {
      const chosen = (probe.address() as AddressInfo).port
      probe.close(() => resolve(chosen))
    })
  })
}

/** Names a failed listen. */
export function asListeningError(error: unknown, host: string, port: number): unknown {
  const params = { host, port }
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return listeningErrors.port_in_use({ params, cause: error })
    case 'EACCES':
      return listeningErrors.port_forbidden({ params, cause: error })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return listeningErrors.host_unknown({ params, cause: error })
    default:
      return error
  }
}
