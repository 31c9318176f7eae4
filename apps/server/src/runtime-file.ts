// runtime.json in the data folder: how the command line finds the running server.
import { rm } from 'node:fs/promises'
import type { DataDirectory } from '#libs/kernel'

const name = 'runtime.json'

/** What a running server says of itself. */
export interface RuntimeFacts {
  readonly url: string
  readonly pid: number
  readonly version: string
  readonly startedAt: string
}

/** Writes the file (0600). */
export async function announceRuntime(data: DataDirectory, facts: RuntimeFacts): Promise<void> {
  await data.writePrivate(name, `${JSON.stringify(facts)}\n`)
}

/** Removes it at an orderly end; after a crash a stale one stays, and its reader asks the URL before believing it. */
export async function withdrawRuntime(data: DataDirectory): Promise<void> {
  await rm(data.file(name), { force: true })
}
