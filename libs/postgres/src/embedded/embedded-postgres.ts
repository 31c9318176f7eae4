// The supervisor of the embedded Postgres: initialises the cluster, starts it, restarts it when it dies, and finds
// again what an earlier, killed Plinth left running. One process supervises one folder.
import type { ChildProcess } from 'node:child_process'
import { chmod, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { postgresErrors } from '../postgres.errors.ts'
import { locateBinaries, reachableBinaries } from './binaries.ts'
import { ClusterFolder } from './cluster-folder.ts'
import { initCluster } from './init-cluster.ts'
import {
  findOrphan,
  isAdoptable,
  launchPostmaster,
  PortTaken,
  removeForeignPidFile,
  signalPostmaster,
  stopPostmaster,
  SUPERUSER,
  superuserUrl,
  type PostmasterSetup,
} from './postmaster.ts'
import { freePort, isPortFree } from './ports.ts'
import { isAlive } from './processes.ts'
import { isTraversableByOthers } from './reachable.ts'
import { sharedBuffersFor, usableMemory } from './memory.ts'
import { defaultServerSettings, type ServerSettings } from './server-settings.ts'
import { findServerUser, type ServerUser } from './server-user.ts'

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
  /** Default 60,000. */
  readonly startTimeoutMs?: number
}

/** What a start found and did. */
interface Started {
  readonly pid: number
  readonly port: number
  readonly child: ChildProcess | undefined
  readonly initialised: boolean
}

/** A running embedded Postgres. Loopback only, scram passwords, durable. */
export class EmbeddedPostgres {
  /** The postmaster's process id; changes when it had to be restarted. */
  pid: number
  readonly port: number
  /** True when a server that an earlier process left behind was taken over. */
  readonly adopted: boolean
  /** True when this start made the cluster. */
  readonly initialised: boolean
  private child: ChildProcess | undefined
  private stopping = false
  private stopped: Promise<void> | undefined
  private readonly onProcessExit = () => {
    if (process.platform === 'win32') this.child?.kill()
    else signalPostmaster(this.pid, 'SIGINT')
  }

  private constructor(
    private readonly setup: PostmasterSetup,
    private readonly notice: (message: string) => void,
    started: Started,
  ) {
    this.pid = started.pid
    this.port = started.port
    this.child = started.child
    this.adopted = started.child === undefined
    this.initialised = started.initialised
    process.once('exit', this.onProcessExit)
    void this.watch()
  }

  /**
   * Starts the server of a folder, or takes over the one that still runs there after its Plinth was killed.
   * Resolves when it accepts connections. Every failure is an AppError `postgres/…` that names the way out.
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const notice = options.onNotice ?? (() => undefined)
    const folder = await ClusterFolder.claim(options.directory)
    try {
      const setup = await prepare(folder, options, notice)
      return new EmbeddedPostgres(setup, notice, await startIn(setup, options.port, notice))
    } catch (error) {
      await folder.release().catch(() => undefined)
      throw error
    }
  }

  /** A URL for the superuser. For administration at start-up only; no request ever uses it. */
  superuserUrl(database = 'postgres'): string {
    return superuserUrl(this.port, this.setup.superuserPassword, database)
  }

  /** The server's log file. */
  get log(): string {
    return this.setup.folder.log
  }

  /** Stops the server: open transactions are rolled back, everything committed is on disk. Safe to call twice. */
  stop(): Promise<void> {
    this.stopped ??= this.stopOnce()
    return this.stopped
  }

  private async stopOnce(): Promise<void> {
    this.stopping = true
    process.removeListener('exit', this.onProcessExit)
    await stopPostmaster(this.pid, this.setup.folder, this.setup.binaries)
    await this.setup.folder.release()
  }

  private async watch(): Promise<void> {
    let delayMs = 200
    while (!this.stopping) {
      await this.ended()
      if (this.stopping) return
      this.notice(`the embedded Postgres (process ${this.pid}) ended unexpectedly; starting it again`)
      try {
        await removeForeignPidFile(this.setup.folder)
        const child = await launchPostmaster(this.setup, this.port)
        if (this.stopping) return await stopPostmaster(child.pid!, this.setup.folder, this.setup.binaries)
        this.child = child
        this.pid = child.pid!
        delayMs = 200
      } catch (error) {
        this.notice(`the embedded Postgres could not be started again: ${(error as Error).message}`)
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

/** Finds out who runs the server, with which binaries, and how it names its folder. */
async function prepare(
  folder: ClusterFolder,
  options: EmbeddedPostgresOptions,
  notice: (message: string) => void,
): Promise<PostmasterSetup> {
  const user = await ownerOrServerUser(folder.data)
  let binaries = await locateBinaries()
  if (user !== undefined) {
    binaries = await reachableBinaries(binaries, (copy) =>
      notice(`the user "${user.name}" cannot reach the Postgres binaries in node_modules; copying them once to ${copy}`),
    )
    // The server's user has to pass; it cannot list.
    await chmod(folder.path, 0o711)
  }
  return {
    folder,
    binaries,
    user,
    dataArgument: await nameDataFolder(folder, user),
    settings: { ...defaultServerSettings, shared_buffers: sharedBuffersFor(usableMemory()), ...options.settings },
    superuserPassword: options.superuserPassword,
    startTimeoutMs: options.startTimeoutMs ?? 60_000,
  }
}

/** A cluster that a plain user made is also run as that user when Plinth is started as root later. */
async function ownerOrServerUser(data: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const owner = await stat(data).catch(() => undefined)
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, name: `uid ${owner.uid}` }
  return findServerUser()
}

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

async function startIn(setup: PostmasterSetup, fixedPort: number | undefined, notice: (message: string) => void): Promise<Started> {
  const { folder, binaries } = setup
  const version = await readFile(join(folder.data, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version === undefined) {
    await initCluster({ ...setup, data: folder.data, superuser: SUPERUSER, password: setup.superuserPassword })
    return startOnFreePort(setup, fixedPort, true)
  }
  if (version.trim() !== String(binaries.major)) {
    throw postgresErrors.wrong_major_version({ params: { path: folder.path, found: version.trim(), expected: binaries.major } })
  }
  const orphan = await findOrphan(folder)
  if (orphan !== undefined) {
    if ((fixedPort === undefined || fixedPort === orphan.port) && (await isAdoptable(setup, orphan))) {
      notice(`took over the Postgres (process ${orphan.pid}) that an earlier Plinth left running`)
      return { pid: orphan.pid, port: orphan.port, child: undefined, initialised: false }
    }
    notice(`stopping the Postgres (process ${orphan.pid}) that an earlier Plinth left running`)
    await stopPostmaster(orphan.pid, folder, binaries)
  }
  await removeForeignPidFile(folder)
  return startOnFreePort(setup, fixedPort, false)
}

/** The fixed port or an error; else the port of the last start, or another free one when that is taken by now. */
async function startOnFreePort(setup: PostmasterSetup, fixedPort: number | undefined, initialised: boolean): Promise<Started> {
  let port = fixedPort ?? setup.folder.port ?? (await freePort())
  for (let attempt = 1; attempt <= 5; attempt++) {
    if (await isPortFree(port)) {
      try {
        const child = await launchPostmaster(setup, port)
        await setup.folder.rememberPort(port)
        return { pid: child.pid!, port, child, initialised }
      } catch (error) {
        if (!(error instanceof PortTaken)) throw error
      }
    }
    if (fixedPort !== undefined) break
    port = await freePort()
  }
  throw postgresErrors.port_in_use({ params: { port } })
}
