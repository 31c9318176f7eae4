// Starts the product from outside, the way `npm start` does, on a free port and a fresh data folder.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What `plinth status --json` tells (contracts/server.md). */
export interface ServerStatus {
  readonly url: string
  readonly consoleUrl: string
  readonly graphqlUrl: string
  readonly databaseUrl: string
  readonly dataDir: string
  readonly anonKey: string
  readonly serviceKey: string
  readonly publishableKey: string
  readonly secretKey: string
  readonly jwtSecret: string
  readonly version: string
  readonly ready: boolean
}

/** A running server of a test. `await using` stops it and removes its data. */
export interface TestServer extends ServerStatus, AsyncDisposable {
  /** The one-time link of a first start. */
  readonly consoleSetupUrl: string
  /** The process, for tests that kill it. */
  readonly process: ChildProcess
  /** Everything it has printed so far. */
  readonly output: () => string
  /** Stops it like Ctrl+C does and waits for its end; the data folder stays until the disposal. */
  readonly stop: () => Promise<void>
  /** Runs a command of the command line against this server and returns its stdout. */
  readonly plinth: (...command: string[]) => Promise<string>
}

/** How a test's server differs from a plain start. */
export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Starts on an existing data folder, which then is the caller's to remove. */
  readonly dataDir?: string
  readonly port?: number
  /** Options of Node itself, such as `--cpu-prof`. */
  readonly nodeArguments?: readonly string[]
}

/** Starts a server and resolves when it says that it is ready; rejects with its output when it ends before. */
export async function startServer(options: StartOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'plinth-acceptance-')))
  const environment = { ...process.env, PLINTH_DATA_DIR: dataDir, PLINTH_PORT: String(options.port ?? 0), ...options.environment }
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), 'scripts/start.mjs'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await announced(child, () => output)

  const plinth = async (...command: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/plinth.mjs', ...command], {
      cwd: root,
      env: environment,
      maxBuffer: 64 << 20,
    })
    return stdout
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGINT')
    await ended
  }
  const status = JSON.parse(await plinth('status', '--json')) as ServerStatus
  return {
    ...status,
    consoleSetupUrl: /https?:\/\/\S+\/console\/setup\S*/.exec(output)?.[0] ?? '',
    process: child,
    output: () => output,
    stop,
    plinth,
    [Symbol.asyncDispose]: async () => {
      await stop()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function announced(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (output().includes('Plinth is ready')) finish(resolve)
    }
    const onEnd = (code: number | null): void =>
      finish(() => reject(new Error(`the server ended with ${code} before it was ready:\n${output()}`)))
    const timer = setTimeout(() => finish(() => reject(new Error(`the server was not ready within 120 s:\n${output()}`))), 120_000)
    const finish = (how: () => void): void => {
      clearTimeout(timer)
      child.stdout?.off('data', look)
      child.off('close', onEnd)
      how()
    }
    child.stdout?.on('data', look)
    child.once('close', onEnd)
  })
}
