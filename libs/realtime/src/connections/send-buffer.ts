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
