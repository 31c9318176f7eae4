// A bound on the size of one message of the server. The driver collects a whole message before anybody sees it, and
// makes text of it: beyond Node's longest string (512 MB) that throws where nobody can catch it, and the process ends.
import type { Duplex } from 'node:stream'
import type pg from 'pg'
import { postgresErrors } from '../postgres.errors.ts'

/** Type and length. */
const HEADER_BYTES = 5

/**
 * Cuts the connection as soon as the server announces a message (a row, above all) that is longer than `bytesMax`; what runs on it fails with
 * `postgres/result_too_large`. Call once, when the client has connected.
 */
export function limitMessages(client: pg.Client, bytesMax: number): void {
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection
  const header = Buffer.alloc(HEADER_BYTES)
  let headerBytes = 0
  let toCome = 0
  stream.prependListener('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length;) {
      if (toCome > 0) {
        const here = Math.min(toCome, chunk.length - at)
        toCome -= here
        at += here
        continue
      }
      const copied = chunk.copy(header, headerBytes, at)
      headerBytes += copied
      at += copied
      if (headerBytes < HEADER_BYTES) return
      headerBytes = 0
      // The length counts itself, but not the type.
      toCome = header.readInt32BE(1) - 4
      if (toCome > bytesMax) {
        stream.destroy(postgresErrors.result_too_large({ params: { megabytes: Math.floor(bytesMax / 1024 / 1024) } }))
        return
      }
    }
  })
}
