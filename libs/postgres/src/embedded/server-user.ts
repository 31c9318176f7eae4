// Which user runs the embedded Postgres: this process's own, unless that is root, which Postgres refuses.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { postgresErrors } from '../postgres.errors.ts'

const run = promisify(execFile)

/** uid and gid to start Postgres with; undefined = as this process. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

const made = 'plinth-postgres'

/** The user for the server: undefined when not root, else `postgres`, else an unprivileged system user that is made. */
export async function findServerUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const known = (await lookUp('postgres')) ?? (await lookUp(made))
  if (known !== undefined) return known
  const failures: string[] = []
  for (const [command, ...parameters] of [
    ['useradd', '--system', '--no-create-home', '--user-group', '--shell', '/usr/sbin/nologin', made],
    ['adduser', '-S', '-D', '-H', made],
  ] as const) {
    try {
      await run(command, parameters)
    } catch (error) {
      failures.push(`${command}: ${(error as NodeJS.ErrnoException).code ?? 'failed'}`)
      continue
    }
    const user = await lookUp(made)
    if (user !== undefined) return user
  }
  throw postgresErrors.no_server_user({ params: { reason: failures.join(', ') } })
}

async function lookUp(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    const user = { uid: Number(uid.stdout), gid: Number(gid.stdout), name }
    return user.uid > 0 ? user : undefined
  } catch {
    return undefined
  }
}
