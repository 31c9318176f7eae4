// A throw-away cluster of the Postgres that the system's packages brought (Debian's 15, for example), for suites that hold
// the server against a database it did not bring itself. Loopback only, never as root, gone at the end.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const MAJOR_MIN = 15
const EMBEDDED_MAJOR = 18
const START_TIMEOUT_MS = 30_000

/** Programs of an installed Postgres. */
export interface InstalledPostgres {
  readonly folder: string
  readonly major: number
}

/** A running cluster with one empty database. */
export interface ThrowAwayCluster {
  /** A URL of the role that the server is given: it may CREATEROLE, CREATEDB and REPLICATION and owns the database. */
  readonly url: string
  /** Whether PostGIS is there, else the reason why not. */
  readonly postgis: { readonly installed: true } | { readonly installed: false; readonly reason: string }
  /** Runs a script as the superuser, as a database's administrator would. */
  readonly administer: (script: string) => Promise<void>
  readonly stop: () => Promise<void>
}

/** The installed Postgres furthest from the embedded one, or the reason why there is none. */
export function findInstalledPostgres(environment: NodeJS.ProcessEnv = process.env): InstalledPostgres | string {
  const debian = '/usr/lib/postgresql'
  const folders = [
    ...(environment.PLINTH_TEST_POSTGRES_BIN === undefined ? [] : [environment.PLINTH_TEST_POSTGRES_BIN]),
    ...(existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : []),
    ...(environment.PATH ?? '').split(delimiter),
  ]
  const complete = folders.filter((folder) => folder !== '' && ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))))
  if (complete.length === 0) return `no initdb and postgres in PLINTH_TEST_POSTGRES_BIN, ${debian}/*/bin or PATH`
  const found = complete.map((folder) => ({ folder, major: majorOf(folder) }))
  const usable = found.filter(({ major }) => major >= MAJOR_MIN && major !== EMBEDDED_MAJOR)
  if (usable.length === 0)
    return `the installed Postgres is ${found.map(({ major }) => major).join(', ')}; one of ${MAJOR_MIN} or newer is needed`
  return usable.sort((a, b) => a.major - b.major)[0]!
}

function majorOf(folder: string): number {
  try {
    const text = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' })
    return Number(/(\d+)/.exec(text)?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Makes and starts a cluster; rejects with the server's log when it does not come up. */
export async function startThrowAwayCluster({ folder: programs }: InstalledPostgres): Promise<ThrowAwayCluster> {
  const user = plainUser()
  const folder = await mkdtemp(join(tmpdir(), 'plinth-cluster-'))
  if (user !== undefined) await chown(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const password = randomBytes(18).toString('base64url')
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid)
  const as = { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C.UTF-8' } }
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync'],
    { ...as, stdio: 'pipe' },
  )
  const port = await freePort()
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    wal_level: 'logical',
    fsync: 'off',
    max_connections: '100',
  }
  const child = spawn(
    join(programs, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...as, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  child.stderr.on('data', (chunk) => (log += String(chunk)))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const kill = (): void => void child.kill('SIGINT')
  process.once('exit', kill)
  const stop = async (): Promise<void> => {
    process.removeListener('exit', kill)
    kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const adminUrl = (database: string) => `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`
    await untilReachable(
      adminUrl('postgres'),
      () => child.exitCode === null,
      () => log,
    )
    const postgis = await prepare(adminUrl, password)
    const url = `postgresql://platform:${password}@127.0.0.1:${port}/app`
    const administer = async (script: string): Promise<void> => void (await query(adminUrl('app'), [script]))
    return { url, postgis, administer, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function prepare(adminUrl: (database: string) => string, password: string): Promise<ThrowAwayCluster['postgis']> {
  await query(adminUrl('postgres'), [
    `create role platform login createrole createdb replication bypassrls password '${password}'`,
    'create database app owner platform',
  ])
  const [available] = await query(adminUrl('app'), ["select from pg_available_extensions where name = 'postgis'"])
  if (available!.rowCount === 0) return { installed: false, reason: "the packages of this machine's Postgres have no PostGIS" }
  await query(adminUrl('app'), [
    'create schema postgis',
    'grant usage on schema postgis to public',
    'create extension postgis schema postgis',
  ])
  return { installed: true }
}

async function query(url: string, statements: readonly string[]): Promise<pg.QueryResult[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const results = []
    for (const text of statements) results.push(await client.query(text))
    return results
  } finally {
    await client.end()
  }
}

async function untilReachable(url: string, isRunning: () => boolean, log: () => string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS
  for (;;) {
    try {
      await query(url, ['select 1'])
      return
    } catch (error) {
      if (!isRunning() || performance.now() > deadline) throw new Error(`Postgres did not start:\n${log()}`, { cause: error })
      await sleep(100)
    }
  }
}

/** Postgres refuses to run as root: there its own user does, or nobody. */
function plainUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const line = lines.find((each) => each.startsWith('postgres:')) ?? lines.find((each) => each.startsWith('nobody:'))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error('as root, a user named postgres or nobody is needed to run Postgres')
  return { uid: Number(uid), gid: Number(gid) }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
