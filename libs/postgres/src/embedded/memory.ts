// How much of the machine's memory the embedded server may keep pages in.
import { totalmem } from 'node:os'

const MB = 1024 * 1024
const LEAST_MB = 32
const MOST_MB = 128
/** A machine of 4 GB gives Postgres its own default, which is the most; one of 1 GB the least. */
const SHARE = 1 / 32

/** `shared_buffers` for a machine, or a container's limit, of so many bytes. Pages are taken when first used, never up front. */
export function sharedBuffersFor(bytes: number): string {
  const megabytes = Math.floor((bytes * SHARE) / MB)
  return `${Math.min(Math.max(megabytes, LEAST_MB), MOST_MB)}MB`
}

/** Bytes that this process may use: those of its container where it has a limit, otherwise the machine's. */
export function usableMemory(): number {
  // Without a limit it is 0, or larger than any machine.
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}
