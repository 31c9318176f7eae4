// Cancels a running statement from outside, as psql's Ctrl+C does: a second socket that carries the backend's process
// id and key (Postgres protocol, "Canceling Requests in Progress"). The caller's own statement_timeout can be changed
// by the SQL it runs; this cannot.
import pg from 'pg'
import type { Connection, Wire } from './connection.ts'

/** How long a server may take to cancel; one that is frozen, or behind a network that is gone, never does. */
const CUT_AFTER_MS = 3_000

/**
 * Sends the cancel request. The connection is retired: a late signal must never hit another request's statement. When
 * the server does not react the connection is cut, which fails whatever still waits on it.
 */
export function cancelRunning(connection: Connection): void {
  connection.retired = true
  const client = connection.client as unknown as { processID: number; secretKey: number; host: string; port: number; ssl: unknown }
  const wire = new pg.Connection({ ssl: client.ssl } as ConstructorParameters<typeof pg.Connection>[0]) as unknown as Wire & {
    on(event: string, listener: () => void): void
  }
  // When the socket fails the server is away, and the statement's own connection fails too.
  wire.on('error', () => undefined)
  const send = () => wire.cancel(client.processID, client.secretKey)
  if (client.ssl) {
    wire.on('connect', () => wire.requestSsl())
    wire.on('sslconnect', send)
  } else {
    wire.on('connect', send)
  }
  wire.connect(client.port, client.host)
  setTimeout(() => {
    connection.wire.stream.destroy()
    wire.stream.destroy()
  }, CUT_AFTER_MS).unref()
}
