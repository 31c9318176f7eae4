// One run of the server program: started and waited for, found again, stopped. The supervisor decides which of these.
import { spawn, type ChildProcess } from 'node:child_process'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { postgresErrors } from '../postgres.errors.ts'
import { binaryPath, type PostgresBinaries } from './binaries.ts'
import { readPostmasterFile, readPostmasterOptions, type ClusterFolder } from './cluster-folder.ts'
import { lastLines, serverEnvironment } from './init-cluster.ts'
import { isAlive, isPidTaken, isPostmasterOf, isWorkedIn, waitForEnd } from './processes.ts'
import { settingsArguments, type ServerSettings } from './server-settings.ts'
import type { ServerUser } from './server-user.ts'

const LOG_BYTES_MAX = 10 * 1024 * 1024
const isWindows = process.platform === 'win32'

/** The superuser that initdb makes. */
export const SUPERUSER = 'postgres'

/** How the server of a folder is run. */
export interface PostmasterSetup {
  readonly folder: ClusterFolder
  readonly binaries: PostgresBinaries
  readonly user: ServerUser | undefined
  /** How the server names its data folder. */
  readonly dataArgument: string
  readonly settings: ServerSettings
  readonly superuserPassword: string
  readonly startTimeoutMs: number
}

/** Another program listens on the port. */
export class PortTaken extends Error {}

/** The URL of the superuser. */
export function superuserUrl(port: number, password: string, database: string): string {
  return `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`
}

/** Starts the server and waits until it takes connections. Fails with PortTaken or `postgres/start_failed`. */
export async function launchPostmaster(setup: PostmasterSetup, port: number): Promise<ChildProcess> {
  const { folder, user } = setup
  await rotateLog(folder.log)
  const log = await open(folder.log, 'a', 0o600)
  const logStart = (await log.stat()).size
  const child = spawn(binaryPath(setup.binaries, 'postgres'), serverArguments(setup, port), {
    cwd: folder.data,
    env: serverEnvironment(),
    stdio: ['ignore', log.fd, log.fd],
    // Its own process group: Ctrl+C in a terminal reaches only us, and we stop the server after the last request.
    detached: true,
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  })
  let failure: string | undefined
  child.once('error', (error) => (failure = error.message))
  child.once('exit', (code, by) => (failure ??= `it ended with ${by ?? code}`))
  await log.close()
  child.unref()
  try {
    await waitUntilReady(setup, port, child.pid, () => failure)
    return child
  } catch (error) {
    if (child.exitCode === null) child.kill('SIGQUIT')
    const written = (await readFile(folder.log)).subarray(logStart).toString()
    if (/Address already in use/.test(written)) throw new PortTaken()
    const reason = lastLines(written.replaceAll(/^.*?(LOG|HINT): .*$/gm, '')) || (error as Error).message
    throw postgresErrors.start_failed({ params: { reason, log: folder.log }, cause: error })
  }
}

/** The server of the folder that runs although nobody of ours started it: left by a Plinth that was killed. */
export async function findOrphan(folder: ClusterFolder): Promise<{ pid: number; port: number } | undefined> {
  const file = await readPostmasterFile(folder.data)
  if (file === undefined || !(await isAlive(file.pid)) || !(await isPostmasterOf(file.pid, folder.data))) return undefined
  return file
}

/** Only a server that runs just as this start would run it, and that takes our password, is taken over. */
export async function isAdoptable(setup: PostmasterSetup, orphan: { pid: number; port: number }): Promise<boolean> {
  const expected = serverArguments(setup, orphan.port)
    .map((argument) => `"${argument}"`)
    .join(' ')
  if ((await readPostmasterOptions(setup.folder.data)) !== expected) return false
  return probe(orphan.port, setup.superuserPassword).then(
    () => true,
    () => false,
  )
}

/**
 * Removes a postmaster.pid whose process id is taken, but not by a server of this folder: ids start again in every
 * container, and a killed postmaster that nobody reaped keeps its id. Postgres would take either for a running server.
 * The file also guards against surviving backends of a killed postmaster, so those are waited for first.
 */
export async function removeForeignPidFile(folder: ClusterFolder): Promise<void> {
  const file = await readPostmasterFile(folder.data)
  if (file === undefined || !isPidTaken(file.pid)) return
  for (let attempt = 0; await isWorkedIn(folder.data); attempt++) {
    if (attempt === 100) return
    await sleep(50)
  }
  await rm(join(folder.data, 'postmaster.pid'), { force: true })
}

/** SIGINT (fast), then SIGQUIT (immediate: the WAL still holds everything that was acknowledged). */
export async function stopPostmaster(pid: number, folder: ClusterFolder, binaries: PostgresBinaries): Promise<void> {
  if (isWindows) spawn(binaryPath(binaries, 'pg_ctl'), ['stop', '-m', 'fast', '-D', folder.data], { stdio: 'ignore' })
  else signalPostmaster(pid, 'SIGINT')
  if (await waitForEnd(pid, 10_000)) return
  if (!isWindows) signalPostmaster(pid, 'SIGQUIT')
  if (!(await waitForEnd(pid, 5_000))) throw postgresErrors.orphan_not_stopped({ params: { pid, path: folder.path } })
}

/** Sends a signal; a process that has ended already is fine. */
export function signalPostmaster(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function serverArguments(setup: PostmasterSetup, port: number): string[] {
  return ['-D', setup.dataArgument, '-p', String(port), ...settingsArguments(setup.settings)]
}

async function waitUntilReady(
  setup: PostmasterSetup,
  port: number,
  pid: number | undefined,
  failure: () => string | undefined,
): Promise<void> {
  const until = performance.now() + setup.startTimeoutMs
  let last: unknown = new Error('it does not answer')
  for (;;) {
    const reason = failure()
    if (reason !== undefined) throw new Error(reason)
    const file = await readPostmasterFile(setup.folder.data)
    if (file?.ready && file.pid === pid) {
      try {
        return await probe(port, setup.superuserPassword)
      } catch (error) {
        if ((error as { code?: string }).code === '28P01') throw error
        last = error
      }
    }
    if (performance.now() > until) throw last
    await sleep(5)
  }
}

async function probe(port: number, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl(port, password, 'postgres'), connectionTimeoutMillis: 5000 })
  client.on('error', () => undefined)
  await client.connect()
  await client.end()
}

async function rotateLog(path: string): Promise<void> {
  const size = await stat(path).then(
    (facts) => facts.size,
    () => 0,
  )
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.1`)
}
