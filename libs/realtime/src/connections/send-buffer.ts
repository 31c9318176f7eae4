// The line below socket.io, for which it has no public names.
import type { Socket } from 'socket.io'

/** Bytes (about) that wait to be sent to a client: in engine.io's queue and in the operating system's reach. */
export function waitingBytes(socket: Socket): number {
  const connection = socket.conn as unknown as {
    writeBuffer: readonly { data?: string | Buffer }[]
    transport?: { socket?: { bufferedAmount?: number } }
  }
  let bytes = connection.transport?.socket?.bufferedAmount ?? 0
  for (const packet of connection.writeBuffer) bytes += 16 + (packet.data?.length ?? 0)
  return bytes
}

/** A client's line as engine.io keeps it. */
export interface Line {
  readonly transport?: { readonly socket?: { terminate?(): void } }
  close(discard?: boolean): void
}

/**
 * Cuts a line without a goodbye. A WebSocket that is closed in good order waits 30 s for an answer, which a client that
 * does not read never gives.
 */
export function cut(line: Line): void {
  line.close(true)
  line.transport?.socket?.terminate?.()
}
