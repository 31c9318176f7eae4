// Makes a new cluster with initdb. It is built beside its final place and renamed when it is whole, so a start that
// was killed half-way leaves nothing that looks like a database.
import { spawn } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresErrors } from '../postgres.errors.ts'
import { binaryPath, type PostgresBinaries } from './binaries.ts'
import type { ServerUser } from './server-user.ts'

/** Input of {@link initCluster}. `dataArgument`: how the server's user names its data folder (see `dataArgument`). */
export interface InitClusterInput {
  readonly binaries: PostgresBinaries
  readonly data: string
  readonly dataArgument: string
  readonly user: ServerUser | undefined
  readonly superuser: string
  readonly password: string
}

/** Runs initdb for `input.data`: UTF-8, built-in C.UTF-8 collation (the same on every machine), scram for every connection. */
export async function initCluster(input: InitClusterInput): Promise<void> {
  const { user } = input
  const staging = `${input.data}.new`
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { mode: 0o700 })
  if (user !== undefined) await chown(staging, user.uid, user.gid)
  // The password goes through a file in a folder that only the server's user can enter, for the time of the call.
  const secrets = await mkdtemp(join(tmpdir(), 'plinth-initdb-'))
  try {
    const passwordFile = join(secrets, 'password')
    await writeFile(passwordFile, `${input.password}\n`, { mode: 0o600 })
    if (user !== undefined) {
      await chown(passwordFile, user.uid, user.gid)
      await chown(secrets, user.uid, user.gid)
    }
    await chmod(secrets, 0o700)
    await runInitdb(input, staging, passwordFile)
  } finally {
    await rm(secrets, { recursive: true, force: true })
  }
  await rename(staging, input.data)
}

async function runInitdb(input: InitClusterInput, staging: string, passwordFile: string): Promise<void> {
  const parameters = [
    `--pgdata=${input.dataArgument === input.data ? staging : input.dataArgument}`,
    `--username=${input.superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]
  const child = spawn(binaryPath(input.binaries, 'initdb'), parameters, {
    cwd: staging,
    env: serverEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(input.user === undefined ? {} : { uid: input.user.uid, gid: input.user.gid }),
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const reason = await new Promise<string | undefined>((settle) => {
    child.once('error', (error) => settle(error.message))
    child.once('close', (code, signal) => settle(code === 0 ? undefined : lastLines(output) || `initdb ended with ${signal ?? code}`))
  })
  if (reason !== undefined) throw postgresErrors.initdb_failed({ params: { path: input.data, reason }, detail: output })
}

/** A small environment: nothing of ours (secrets) and no PG* variable reaches the server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' }
  for (const name of ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'LD_LIBRARY_PATH']) {
    if (process.env[name] !== undefined) kept[name] = process.env[name]
  }
  return kept
}

/** The last lines of a program's output, as one line for a message. */
export function lastLines(text: string, count = 3): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join(' | ')
}
