// The supervisor of the embedded Postgres: initialises the cluster, starts it, restarts it when it dies, and finds
// again what an earlier, killed Plinth left running. One process supervises one folder.
import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { postgresErrors } from '../postgres.errors.ts'
import { binaryPath, locateBinaries, reachableBinaries, type PostgresBinaries } from './binaries.ts'
import { ClusterFolder, readPostmasterFile, readPostmasterOptions } from './cluster-folder.ts'
import { initCluster, lastLines, serverEnvironment } from './init-cluster.ts'
import { isAlive, isPidTaken, isPostmasterOf, isWorkedIn, waitForEnd } from './processes.ts'
import { isTraversableByOthers } from './reachable.ts'
import { defaultServerSettings, settingsArguments, type ServerSettings } from './server-settings.ts'
import { findServerUser, type ServerUser } from './server-user.ts'

const SUPERUSER = 'postgres'
const LOG_BYTES_MAX = 10 * 1024 * 1024

/** Options of {@link EmbeddedPostgres.start}. */
export interface EmbeddedPostgresOptions {
  /** Folder of the embedded database; made when it does not exist. */
  readonly directory: string
  /** The superuser's password; the same at every start. Used for administration on this machine only. */
  readonly superuserPassword: string
  /** A fixed port; without it a free one is chosen and kept. */
  readonly port?: number
  /** Overrides of single server settings. */
  readonly settings?: ServerSettings
  /** Hears what an operator should know: adopted, stopped an orphan, copied the binaries, restarted. */
  readonly onNotice?: (message: string) => void
  readonly startTimeoutMs?: number
}

/** A running embedded Postgres. Loopback only, scram passwords, durable. */
export class EmbeddedPostgres {
  private child: ChildProcess | undefined
  private stopping = false
  private stopped: Promise<void> | undefined
  private readonly onProcessExit = () => {
    if (isWindows) this.child?.kill()
    else signal(this.pid, 'SIGINT')
  }

  private constructor(
    private readonly options: EmbeddedPostgresOptions,
    private readonly folder: ClusterFolder,
    private readonly binaries: PostgresBinaries,
    private readonly user: ServerUser | undefined,
    private readonly dataArgument: string,
    /** The postmaster's process id; changes when it had to be restarted. */
    public pid: number,
    readonly port: number,
    /** True when a server that an earlier process left behind was taken over. */
    readonly adopted: boolean,
    /** True when this start made the cluster. */
    readonly initialised: boolean,
  ) {}

  /**
   * Starts the server of a folder, or takes over the one that still runs there after its Plinth was killed.
   * Resolves when it accepts connections. Every failure is an AppError `postgres/…` that names the way out.
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const folder = await ClusterFolder.claim(options.directory)
    try {
      return await startIn(folder, options, (...parts) => new EmbeddedPostgres(options, folder, ...parts))
    } catch (error) {
      await folder.release().catch(() => undefined)
      throw error
    }
  }

  /** A URL for the superuser. For administration at start-up only; no request ever uses it. */
  superuserUrl(database = 'postgres'): string {
    return superuserUrl(this.port, this.options.superuserPassword, database)
  }

  /** The server's log file. */
  get log(): string {
    return this.folder.log
  }

  /** Stops the server: open transactions are rolled back, everything committed is on disk. Safe to call twice. */
  stop(): Promise<void> {
    this.stopped ??= this.stopOnce()
    return this.stopped
  }

  /** @internal */
  supervise(child: ChildProcess | undefined): void {
    this.child = child
    process.once('exit', this.onProcessExit)
    void this.watch()
  }

  private async stopOnce(): Promise<void> {
    this.stopping = true
    process.removeListener('exit', this.onProcessExit)
    await stopPostmaster(this.pid, this.folder, this.binaries)
    await this.folder.release()
  }

  private async watch(): Promise<void> {
    let delayMs = 200
    while (!this.stopping) {
      await this.ended()
      if (this.stopping) return
      this.options.onNotice?.(`the embedded Postgres (process ${this.pid}) ended unexpectedly; starting it again`)
      try {
        await removeForeignPidFile(this.folder)
        const { child, pid } = await launch(this.folder, this.binaries, this.user, this.dataArgument, this.port, this.options)
        if (this.stopping) return await stopPostmaster(pid, this.folder, this.binaries)
        this.child = child
        this.pid = pid
        delayMs = 200
      } catch (error) {
        this.options.onNotice?.(`the embedded Postgres could not be started again: ${(error as Error).message}`)
        delayMs = Math.min(delayMs * 2, 5000)
      }
      await sleep(delayMs, undefined, { ref: false })
    }
  }

  /** An adopted server is nobody's child here, so it is asked after instead of heard. */
  private async ended(): Promise<void> {
    const child = this.child
    if (child !== undefined) {
      if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve))
      return
    }
    while (!this.stopping && (await isAlive(this.pid))) await sleep(500, undefined, { ref: false })
  }
}

const isWindows = process.platform === 'win32'

type MakeServer = (
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
  dataArgument: string,
  pid: number,
  port: number,
  adopted: boolean,
  initialised: boolean,
) => EmbeddedPostgres

async function startIn(folder: ClusterFolder, options: EmbeddedPostgresOptions, make: MakeServer): Promise<EmbeddedPostgres> {
  const notice = options.onNotice ?? (() => undefined)
  const user = await ownerOrServerUser(folder.data)
  let binaries = await locateBinaries()
  if (user !== undefined) {
    binaries = await reachableBinaries(binaries, (copy) =>
      notice(`the user "${user.name}" cannot reach the Postgres binaries in node_modules; copying them once to ${copy}`),
    )
    await chmod(folder.path, 0o711)
  }
  const dataArgument = await nameDataFolder(folder, user)
  const initialised = !(await exists(join(folder.data, 'PG_VERSION')))
  if (initialised) {
    await initCluster({ binaries, data: folder.data, dataArgument, user, superuser: SUPERUSER, password: options.superuserPassword })
  } else {
    const found = (await readFile(join(folder.data, 'PG_VERSION'), 'utf8')).trim()
    if (found !== String(binaries.major)) {
      throw postgresErrors.wrong_major_version({ params: { path: folder.path, found, expected: binaries.major } })
    }
    const orphan = await findOrphan(folder)
    if (orphan !== undefined) {
      if (await isAdoptable(orphan, folder, dataArgument, options)) {
        notice(`took over the Postgres (process ${orphan.pid}) that an earlier Plinth left running`)
        const server = make(binaries, user, dataArgument, orphan.pid, orphan.port, true, false)
        server.supervise(undefined)
        return server
      }
      notice(`stopping the Postgres (process ${orphan.pid}) that an earlier Plinth left running`)
      await stopPostmaster(orphan.pid, folder, binaries)
    }
    await removeForeignPidFile(folder)
  }
  return startOnFreePort(folder, binaries, user, dataArgument, options, initialised, make)
}

async function startOnFreePort(
  folder: ClusterFolder,
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
  dataArgument: string,
  options: EmbeddedPostgresOptions,
  initialised: boolean,
  make: MakeServer,
): Promise<EmbeddedPostgres> {
  let port = options.port ?? folder.port ?? (await freePort())
  for (let attempt = 1; ; attempt++) {
    if (await isPortFree(port)) {
      try {
        const { child, pid } = await launch(folder, binaries, user, dataArgument, port, options)
        await folder.rememberPort(port)
        const server = make(binaries, user, dataArgument, pid, port, false, initialised)
        server.supervise(child)
        return server
      } catch (error) {
        if (!(error instanceof PortTaken) || (options.port === undefined && attempt >= 5)) {
          throw error instanceof PortTaken ? postgresErrors.port_in_use({ params: { port } }) : error
        }
      }
    }
    if (options.port !== undefined) throw postgresErrors.port_in_use({ params: { port } })
    port = await freePort()
  }
}

/** A cluster that a plain user made is also run as that user when Plinth is started as root later. */
async function ownerOrServerUser(data: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const owner = await stat(data).catch(() => undefined)
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, name: `uid ${owner.uid}` }
  return findServerUser()
}

class PortTaken extends Error {}

/**
 * How the server names its data folder. As root, a folder below a private home (0700) cannot be reached by the server's
 * user through its path; on Linux it is then named by the working folder that the process is started in.
 */
async function nameDataFolder(folder: ClusterFolder, user: ServerUser | undefined): Promise<string> {
  if (user === undefined || (await isTraversableByOthers(folder.path))) return folder.data
  if (process.platform === 'linux') return '/proc/self/cwd'
  throw postgresErrors.folder_not_writable({
    params: { path: folder.path, reason: `the user "${user.name}" that runs Postgres cannot pass ${dirname(folder.path)}` },
  })
}

async function launch(
  folder: ClusterFolder,
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
  dataArgument: string,
  port: number,
  options: EmbeddedPostgresOptions,
): Promise<{ child: ChildProcess; pid: number }> {
  await rotateLog(folder.log)
  const log = await open(folder.log, 'a', 0o600)
  const logStart = (await log.stat()).size
  const child = spawn(binaryPath(binaries, 'postgres'), serverArguments(dataArgument, port, options), {
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
    await waitUntilReady(folder, port, options, () => failure, child.pid)
  } catch (error) {
    if (child.exitCode === null) child.kill('SIGQUIT')
    const written = (await readFile(folder.log)).subarray(logStart).toString()
    if (/Address already in use/.test(written)) throw new PortTaken()
    const reason = lastLines(written.replaceAll(/^.*?(LOG|HINT): .*$/gm, '')) || (error as Error).message
    throw postgresErrors.start_failed({ params: { reason, log: folder.log }, cause: error })
  }
  return { child, pid: child.pid! }
}

function serverArguments(dataArgument: string, port: number, options: EmbeddedPostgresOptions): string[] {
  return ['-D', dataArgument, '-p', String(port), ...settingsArguments({ ...defaultServerSettings, ...options.settings })]
}

async function waitUntilReady(
  folder: ClusterFolder,
  port: number,
  options: EmbeddedPostgresOptions,
  failure: () => string | undefined,
  pid: number | undefined,
): Promise<void> {
  const until = performance.now() + (options.startTimeoutMs ?? 60_000)
  let last: unknown = new Error('it does not answer')
  for (;;) {
    const reason = failure()
    if (reason !== undefined) throw new Error(reason)
    const file = await readPostmasterFile(folder.data)
    if (file?.ready && file.pid === pid) {
      try {
        return await probe(port, options.superuserPassword)
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

async function findOrphan(folder: ClusterFolder): Promise<{ pid: number; port: number } | undefined> {
  const file = await readPostmasterFile(folder.data)
  if (file === undefined || !(await isAlive(file.pid)) || !(await isPostmasterOf(file.pid, folder.data))) return undefined
  return file
}

/** Only a server that runs as this start would run it, and that takes our password, is taken over. */
async function isAdoptable(
  orphan: { pid: number; port: number },
  folder: ClusterFolder,
  dataArgument: string,
  options: EmbeddedPostgresOptions,
): Promise<boolean> {
  if (options.port !== undefined && options.port !== orphan.port) return false
  const expected = serverArguments(dataArgument, orphan.port, options)
    .map((argument) => `"${argument}"`)
    .join(' ')
  if ((await readPostmasterOptions(folder.data)) !== expected) return false
  return probe(orphan.port, options.superuserPassword).then(
    () => true,
    () => false,
  )
}

/**
 * Removes a postmaster.pid whose process id is taken, but not by a server of this folder: ids start again in every
 * container, and a killed postmaster that nobody reaped keeps its id. Postgres would take either for a running server.
 * The file also guards against surviving backends of a killed postmaster, so those are waited for first.
 */
async function removeForeignPidFile(folder: ClusterFolder): Promise<void> {
  const file = await readPostmasterFile(folder.data)
  if (file === undefined || !isPidTaken(file.pid)) return
  for (let attempt = 0; await isWorkedIn(folder.data); attempt++) {
    if (attempt === 100) return
    await sleep(50)
  }
  await rm(join(folder.data, 'postmaster.pid'), { force: true })
}

/** SIGINT (fast), then SIGQUIT (immediate: the WAL still holds everything that was acknowledged). */
async function stopPostmaster(pid: number, folder: ClusterFolder, binaries: PostgresBinaries): Promise<void> {
  if (isWindows) {
    spawn(binaryPath(binaries, 'pg_ctl'), ['stop', '-m', 'fast', '-D', folder.data], { stdio: 'ignore' })
    if (!(await waitForEnd(pid, 15_000))) throw postgresErrors.orphan_not_stopped({ params: { pid, path: folder.path } })
    return
  }
  signal(pid, 'SIGINT')
  if (await waitForEnd(pid, 10_000)) return
  signal(pid, 'SIGQUIT')
  if (!(await waitForEnd(pid, 5_000))) throw postgresErrors.orphan_not_stopped({ params: { pid, path: folder.path } })
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function superuserUrl(port: number, password: string, database: string): string {
  return `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`
}

async function rotateLog(path: string): Promise<void> {
  const size = await stat(path).then(
    (facts) => facts.size,
    () => 0,
  )
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.1`)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const port = await listenOnce(0)
  if (port === undefined) throw postgresErrors.port_in_use({ params: { port: 0 } })
  return port
}

async function isPortFree(port: number): Promise<boolean> {
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
