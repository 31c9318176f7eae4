// Ports on loopback.
import { createServer } from 'node:net'
import { postgresErrors } from '../postgres.errors.ts'

/** A port that nobody listens on right now. */
export async function freePort(): Promise<number> {
  const port = await listenOnce(0)
  if (port === undefined) throw postgresErrors.port_in_use({ params: { port: 'any' } })
  return port
}

/** True when nobody listens on the port right now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== undefined
}

async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      const chosen = typeof address === 'object' && address !== null ? address.port : undefined
      server.close(() => resolve(chosen))
    })
  })
}
