// The data folder (PLINTH_DATA_DIR): embedded database, objects, secrets, logs. This file decides whether a folder is
// ours and keeps the generated secrets; what is stored below it belongs to the libs.
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { defineErrors } from './errors.ts'

const dataDirectoryErrors = defineErrors('data_directory', {
  not_ours: {
    status: 500,
    message:
      'The folder {path} is not empty and was not made by Plinth, so nothing in it is touched. Choose another one with PLINTH_DATA_DIR.',
  },
  not_a_folder: { status: 500, message: '{path} is not a folder. Choose another one with PLINTH_DATA_DIR.' },
  not_writable: {
    status: 500,
    message: 'The folder {path} cannot be written ({reason}). Give this user the right to it, or choose another one with PLINTH_DATA_DIR.',
  },
  newer_format: {
    status: 500,
    message: 'The folder {path} was written by a newer Plinth (format {found}, this one knows {known}). Use that version.',
  },
  secrets_damaged: {
    status: 500,
    message: 'The file {path} is not readable as JSON. Restore it from a backup: without it the database passwords are lost.',
  },
})

const MARKER = 'plinth.json'
const SECRETS = 'secrets.json'
const FORMAT = 1

/** The opened data folder. Every path below it comes from {@link DataDirectory.file}. */
export class DataDirectory {
  private writing: Promise<unknown> = Promise.resolve()

  private constructor(
    /** Absolute path. */
    readonly path: string,
    private readonly secrets: Record<string, string>,
  ) {}

  /**
   * Opens the folder, and makes it (0700) when it does not exist or is empty. Refuses a folder with other files in
   * it, one that cannot be written, and one of a newer format; each with the way out in the message.
   */
  static async open(path: string): Promise<DataDirectory> {
    const absolute = resolve(path)
    try {
      // 0711: the embedded Postgres may run as another user and has to pass through; no one can list.
      await mkdir(absolute, { recursive: true, mode: 0o711 })
      const entries = await readdir(absolute)
      if (entries.length > 0 && !entries.includes(MARKER)) throw dataDirectoryErrors.not_ours({ params: { path: absolute } })
      if (entries.length > 0) await checkFormat(absolute)
      else await writeAtomically(join(absolute, MARKER), `${JSON.stringify({ format: FORMAT, product: 'plinth' })}\n`, 0o644)
      await probeWritable(absolute)
    } catch (error) {
      throw asDirectoryError(error, absolute)
    }
    return new DataDirectory(absolute, await readSecrets(join(absolute, SECRETS)))
  }

  /** Opens a folder for reading what a server left there; undefined when it is not a data folder. */
  static async openExisting(path: string): Promise<DataDirectory | undefined> {
    const absolute = resolve(path)
    const marked = await stat(join(absolute, MARKER)).then(
      () => true,
      () => false,
    )
    return marked ? new DataDirectory(absolute, await readSecrets(join(absolute, SECRETS))) : undefined
  }

  /** The absolute path of a file or folder of ours. */
  file(...names: string[]): string {
    return join(this.path, ...names)
  }

  /** A secret by name; made and kept (0600, durable before it is returned) when it is not there yet. */
  async secret(name: string, make: () => string): Promise<string> {
    const known = this.secrets[name]
    if (known !== undefined) return known
    const made = make()
    await this.setSecret(name, made)
    return made
  }

  /** The value of a secret that is already there. */
  peekSecret(name: string): string | undefined {
    return this.secrets[name]
  }

  /** Replaces a secret, for example at a key's rotation. */
  async setSecret(name: string, value: string): Promise<void> {
    this.secrets[name] = value
    await this.writePrivate(SECRETS, `${JSON.stringify(this.secrets, null, 2)}\n`)
  }

  /** Writes a private file (0600) so that a reader sees the old or the new content, never a part. */
  async writePrivate(name: string, text: string): Promise<void> {
    const next = this.writing.then(() => writeAtomically(this.file(name), text, 0o600))
    this.writing = next.catch(() => undefined)
    await next
  }
}

async function checkFormat(path: string): Promise<void> {
  const marker = JSON.parse(await readFile(join(path, MARKER), 'utf8')) as { format?: number }
  const found = marker.format ?? 0
  if (found > FORMAT) throw dataDirectoryErrors.newer_format({ params: { path, found, known: FORMAT } })
}

/** A folder's mode bits say little (read-only mounts, ACLs, root): writing is the proof. */
async function probeWritable(path: string): Promise<void> {
  const probe = join(path, '.write-probe')
  await writeAtomically(probe, '', 0o600)
  await rm(probe)
}

async function readSecrets(path: string): Promise<Record<string, string>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw asDirectoryError(error, dirname(path))
  }
  try {
    return JSON.parse(text) as Record<string, string>
  } catch (cause) {
    throw dataDirectoryErrors.secrets_damaged({ params: { path }, cause })
  }
}

async function writeAtomically(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, text, { mode })
  await chmod(temporary, mode)
  const handle = await open(temporary, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, path)
}

function asDirectoryError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOSPC') {
    return dataDirectoryErrors.not_writable({ params: { path, reason: code }, cause: error })
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') return dataDirectoryErrors.not_a_folder({ params: { path }, cause: error })
  return error
}
