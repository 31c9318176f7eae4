// Objects in a folder. A blob is written to a temporary file in the same file system, made durable, and only then given
// its name: a crash at any point leaves the old state and at most a temporary file, which the next start removes.
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, copyFile, link, mkdir, open, opendir, readdir, rename, stat, statfs, unlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Readable } from 'node:stream'
import { AppError } from '#libs/kernel'
import { blobErrors } from '../blob.errors.ts'
import { checkedKey, checkedPrefix } from '../blob-key.ts'
import type { BlobStore, ByteRange, StoredBlob } from '../blob-store.ts'
import { MeteredBody } from '../metered-body.ts'

const TEMPORARY = '.incoming'
/** Marks the temporary files of this process: after a restart in a container another process has our pid. */
const processMark = randomUUID().slice(0, 8)
const STALE_AFTER_MS = 24 * 60 * 60_000
const LOW_SPACE_BYTES = 16 * 1024 * 1024

/** Blobs as files below one folder, which belongs to the store alone. */
export class DiskBlobStore implements BlobStore {
  readonly name = 'disk'
  private readonly temporary: string

  constructor(
    /** Absolute path. */
    private readonly folder: string,
  ) {
    this.temporary = join(folder, TEMPORARY)
  }

  async open(): Promise<void> {
    try {
      await mkdir(this.temporary, { recursive: true, mode: 0o700 })
      const probe = this.temporaryPath()
      await (await open(probe, 'wx', 0o600)).close()
      await unlink(probe)
      await this.sweepTemporary()
    } catch (error) {
      throw blobErrors.folder_unusable({ params: { path: this.folder, reason: reasonOf(error) }, cause: error })
    }
  }

  async put(
    key: string,
    body: Readable,
    options: { readonly maxBytes: number; readonly contentType: string; readonly signal?: AbortSignal },
  ): Promise<StoredBlob> {
    const target = this.path(key)
    const metered = new MeteredBody(body, options.maxBytes, options.signal)
    return this.placing(target, async (temporary) => {
      const file = await open(temporary, 'wx', 0o600)
      try {
        for await (const chunk of metered.chunks()) await file.writeFile(chunk)
        await file.sync()
      } finally {
        await file.close()
      }
      return metered.result()
    })
  }

  /** See {@link BlobStore.get}. */
  async get(key: string, range?: ByteRange): Promise<Readable> {
    const file = await open(this.path(key), 'r').catch(rethrow)
    return file.createReadStream({ ...(range === undefined ? {} : { start: range.start, end: range.end }), highWaterMark: 256 * 1024 })
  }

  /** See {@link BlobStore.delete}. */
  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await unlink(this.path(key)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw translated(error)
      })
    }
  }

  /** Blobs never change, so two names for the same bytes are as good as two copies. */
  async copy(from: string, to: string): Promise<void> {
    const source = this.path(from)
    await this.placing(this.path(to), async (temporary) => {
      try {
        await link(source, temporary)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error
        await copyFile(source, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
        await syncFile(temporary)
      }
    })
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; size: number; modifiedMs: number }> {
    checkedPrefix(prefix)
    const start = join(this.folder, prefix.slice(0, prefix.lastIndexOf('/') + 1))
    for await (const path of filesBelow(start)) {
      const key = relative(this.folder, path)
      if (!key.startsWith(prefix) || key.startsWith(`${TEMPORARY}/`)) continue
      const facts = await stat(path).catch(() => undefined)
      // The time of the last change of name or content: a hard link keeps the content's own, older time.
      if (facts !== undefined) yield { key, size: facts.size, modifiedMs: facts.ctimeMs }
    }
  }

  async check(): Promise<string | undefined> {
    try {
      await access(this.temporary, constants.R_OK | constants.W_OK)
      const space = await statfs(this.folder)
      const free = space.bavail * space.bsize
      return free < LOW_SPACE_BYTES ? `The disk of ${this.folder} has only ${Math.floor(free / 1024 / 1024)} MiB left.` : undefined
    } catch (error) {
      return `The folder ${this.folder} cannot be written (${reasonOf(error)}).`
    }
  }

  private path(key: string): string {
    return join(this.folder, checkedKey(key))
  }

  private temporaryPath(): string {
    return join(this.temporary, `${process.pid}-${processMark}-${randomUUID()}`)
  }

  /** Lets `write` fill a temporary file, then gives it its name, durably; removes it when anything fails. */
  private async placing<T>(target: string, write: (temporary: string) => Promise<T>): Promise<T> {
    const temporary = this.temporaryPath()
    try {
      const result = await write(temporary)
      await this.makeFolder(dirname(target))
      await rename(temporary, target)
      await syncFolder(dirname(target))
      return result
    } catch (error) {
      await unlink(temporary).catch(() => undefined)
      throw translated(error)
    }
  }

  /** A new folder's own entry must reach the disk too, else the file in it can vanish with it. */
  private async makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 })
    if (first === undefined) return
    for (let made = folder; ; made = dirname(made)) {
      await syncFolder(dirname(made))
      if (made === first) return
    }
  }

  private async sweepTemporary(): Promise<void> {
    for (const name of await readdir(this.temporary)) {
      const path = join(this.temporary, name)
      const [pid, mark] = name.split('-')
      const isLive = Number(pid) === process.pid ? mark === processMark : isRunning(Number(pid))
      const facts = await stat(path).catch(() => undefined)
      if (facts !== undefined && (!isLive || Date.now() - facts.mtimeMs > STALE_AFTER_MS)) await unlink(path)
    }
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  let entries
  try {
    entries = await opendir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw translated(error)
  }
  for await (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isFile()) yield path
  }
}

/** Windows cannot open a folder and does not need to: its names are journalled. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform !== 'win32') await syncFile(path, 'r')
}

async function syncFile(path: string, flags = 'r+'): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

function rethrow(error: unknown): never {
  throw translated(error)
}

function translated(error: unknown): unknown {
  if (error instanceof AppError) return error
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return blobErrors.not_found({ cause: error })
  if (code === 'ENOSPC' || code === 'EDQUOT') return blobErrors.full({ cause: error })
  return code === undefined ? error : blobErrors.unavailable({ cause: error })
}
