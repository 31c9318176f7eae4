// Where a script comes from. A short one is held, so that an error can show its place; a long one is passed on as it comes.
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { CliError } from '../cli-error.ts'

/** A script to run. */
export type Script = { readonly text: string } | { readonly chunks: AsyncIterable<Buffer> }

/** Beyond this a script is streamed. */
const heldBytesMax = 8 * 1024 * 1024

/** Opens a file. */
export async function scriptFromFile(path: string, heldBytes = heldBytesMax): Promise<Script> {
  try {
    return await readScript(createReadStream(path), heldBytes)
  } catch (cause) {
    throw new CliError(`the file ${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`, { exitCode: 2, cause })
  }
}

/** Reads a stream until it ends or is too long to be held. */
export async function readScript(stream: Readable, heldBytes = heldBytesMax): Promise<Script> {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer | string>
  const held: Buffer[] = []
  let length = 0
  for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) {
    const chunk = Buffer.from(step.value)
    held.push(chunk)
    length += chunk.length
    if (length > heldBytes) return { chunks: rest(Buffer.concat(held), iterator) }
  }
  return { text: withoutMark(Buffer.concat(held)).toString('utf8') }
}

async function* rest(held: Buffer, iterator: AsyncIterator<Buffer | string>): AsyncGenerator<Buffer> {
  yield withoutMark(held)
  for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) yield Buffer.from(step.value)
}

/** Editors of other systems put a byte order mark first; Postgres would refuse it. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? bytes.subarray(3) : bytes
}
