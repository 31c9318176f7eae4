// Questions about processes that are not our children: alive, since when, and in which folder.
import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** True when the process id is taken, be it by a process that has ended and was not reaped (a zombie). */
export function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** True when a process with this id runs; a zombie counts as ended. */
export async function isAlive(pid: number): Promise<boolean> {
  if (!isPidTaken(pid)) return false
  if (process.platform !== 'linux') return true
  const fields = await statFields(pid)
  return fields !== undefined && fields[0] !== 'Z' && fields[0] !== 'X'
}

/** A value that differs between two processes that had the same id one after the other. */
export async function startMark(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return (await statFields(pid))?.[19]
  if (process.platform === 'win32') return ''
  return run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim() || undefined,
    () => undefined,
  )
}

/** True when the process is a Postgres server whose data folder is `folder`. */
export async function isPostmasterOf(pid: number, folder: string): Promise<boolean> {
  if (process.platform === 'linux') {
    try {
      const [command, cwd] = await Promise.all([readFile(`/proc/${pid}/cmdline`, 'utf8'), readlink(`/proc/${pid}/cwd`)])
      // A postmaster's working folder is its data folder.
      return basename(command.split('\0')[0] ?? '') === 'postgres' && cwd === folder
    } catch {
      return false
    }
  }
  if (process.platform === 'win32') return isAlive(pid)
  return run('ps', ['-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout.includes('postgres') && stdout.includes(folder),
    () => false,
  )
}

/** True when a process works in the folder, as every Postgres process does in its data folder. Linux only; elsewhere false. */
export async function isWorkedIn(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')))
  return folders.includes(folder)
}

/** Waits until the process has ended; false when it outlives `timeoutMs`. */
export async function waitForEnd(pid: number, timeoutMs: number): Promise<boolean> {
  const until = performance.now() + timeoutMs
  while (await isAlive(pid)) {
    if (performance.now() > until) return false
    await sleep(10)
  }
  return true
}

/** /proc/PID/stat after the command in brackets: state first, start time at index 19. */
async function statFields(pid: number): Promise<string[] | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
