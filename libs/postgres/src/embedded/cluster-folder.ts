// The folder of the embedded database: `embedded.json` (marker, port, who supervises), `data/` (the cluster itself,
// private to the server's user), `server.log`. Decides whether the folder is ours and whether somebody else holds it.
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { postgresErrors } from '../postgres.errors.ts'
import { isAlive, startMark } from './processes.ts'

const MARKER = 'embedded.json'

interface FolderState {
  readonly format: 1
  readonly port?: number
  readonly supervisor?: { readonly pid: number; readonly mark: string }
}

/** The opened folder, held by this process until {@link ClusterFolder.release}. */
export class ClusterFolder {
  private constructor(
    readonly path: string,
    private state: FolderState,
  ) {}

  /** The cluster's data folder (PGDATA). */
  get data(): string {
    return join(this.path, 'data')
  }

  get log(): string {
    return join(this.path, 'server.log')
  }

  /** The port of the last start. */
  get port(): number | undefined {
    return this.state.port
  }

  /** Opens or makes the folder and claims it. Fails with folder_not_ours, folder_not_writable or folder_in_use. */
  static async claim(path: string): Promise<ClusterFolder> {
    const absolute = resolve(path)
    try {
      // Others may pass (the server may run as another user) but not list.
      await mkdir(absolute, { recursive: true, mode: 0o711 })
      const entries = await readdir(absolute)
      if (entries.length > 0 && !entries.includes(MARKER)) throw postgresErrors.folder_not_ours({ params: { path: absolute } })
      const folder = new ClusterFolder(absolute, entries.length > 0 ? await readState(absolute) : { format: 1 })
      const holder = folder.state.supervisor
      if (holder !== undefined && (await isAlive(holder.pid)) && (await startMark(holder.pid)) === holder.mark) {
        throw postgresErrors.folder_in_use({ params: { path: absolute, pid: holder.pid } })
      }
      await folder.save({ ...folder.state, supervisor: { pid: process.pid, mark: (await startMark(process.pid)) ?? '' } })
      return folder
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? ''
      if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST'].includes(code)) throw error
      throw postgresErrors.folder_not_writable({ params: { path: absolute, reason: code }, cause: error })
    }
  }

  async rememberPort(port: number): Promise<void> {
    if (port !== this.state.port) await this.save({ ...this.state, port })
  }

  async release(): Promise<void> {
    const { supervisor: _, ...rest } = this.state
    await this.save(rest)
  }

  private async save(state: FolderState): Promise<void> {
    const temporary = join(this.path, `${MARKER}.tmp`)
    await writeFile(temporary, `${JSON.stringify(state)}\n`, { mode: 0o600 })
    await rename(temporary, join(this.path, MARKER))
    this.state = state
  }
}

async function readState(path: string): Promise<FolderState> {
  try {
    return JSON.parse(await readFile(join(path, MARKER), 'utf8')) as FolderState
  } catch {
    // A damaged marker still marks; what it held (port, holder) is found anew.
    return { format: 1 }
  }
}

/** What postmaster.pid says; undefined when there is none or it is not complete. */
export interface PostmasterFile {
  readonly pid: number
  readonly port: number
  readonly ready: boolean
}

/** Reads `postmaster.pid` of a data folder. */
export async function readPostmasterFile(data: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' }
}

/** The options that the running postmaster was started with, as it wrote them down. */
export async function readPostmasterOptions(data: string): Promise<string> {
  const text = await readFile(join(data, 'postmaster.opts'), 'utf8').catch(() => '')
  return text.slice(text.indexOf(' "') + 1).trim()
}
