// The owner's migrations as files: `migrations/20260131120000_name.sql`, applied in the order of their names.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { UserMigration } from '#libs/console'
import { CliError } from '../cli-error.ts'

/** A migration in the folder. */
export interface MigrationFile {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** Where a migration stands. `edited`: its content is not what was applied. `missing`: applied, and its file is gone. */
export interface MigrationState {
  readonly name: string
  readonly state: 'applied' | 'pending' | 'edited' | 'missing'
  readonly appliedAt?: string
}

/** Makes an empty migration and returns its path. */
export async function createMigrationFile(folder: string, name: string, now: Date): Promise<string> {
  const slug = name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  if (slug === '')
    throw new CliError('the name has to hold letters or digits.', { exitCode: 2, hint: 'For example: plinth migrate new add_orders' })
  const stamp = now.toISOString().replace(/\D/g, '').slice(0, 14)
  const path = join(folder, `${stamp}_${slug.slice(0, 100)}.sql`)
  await mkdir(folder, { recursive: true })
  try {
    await writeFile(path, `-- ${name.trim().replace(/\s+/g, ' ')}\n-- Runs in one transaction: no BEGIN and COMMIT here.\n\n`, {
      flag: 'wx',
    })
  } catch (cause) {
    throw new CliError(`${path} cannot be made (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`, { cause })
  }
  return path
}

/** The migrations of a folder, in their order. A folder that does not exist has none. */
export async function readMigrationFiles(folder: string): Promise<MigrationFile[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw new CliError(`the folder ${folder} cannot be read (${cause.code ?? 'unknown'}).`, { exitCode: 2, cause })
  })
  const files: MigrationFile[] = []
  for (const name of names.filter((each) => each.endsWith('.sql') && !each.startsWith('.')).sort()) {
    const sql = (await readFile(join(folder, name), 'utf8')).replace(/^\ufeff/, '')
    files.push({ name, sql, checksum: checksumOf(sql) })
  }
  return files
}

/** Must agree with the server's: SHA-256 of the text with line endings of one kind. */
function checksumOf(sql: string): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex')
}

/** Files and ledger side by side, by name. */
export function compareMigrations(files: readonly MigrationFile[], ledger: readonly UserMigration[]): MigrationState[] {
  const applied = new Map(ledger.map((entry) => [entry.name, entry]))
  const states = files.map(({ name, checksum }): MigrationState => {
    const entry = applied.get(name)
    if (entry === undefined) return { name, state: 'pending' }
    return { name, state: entry.checksum === checksum ? 'applied' : 'edited', appliedAt: entry.appliedAt }
  })
  const present = new Set(files.map((file) => file.name))
  for (const { name, appliedAt } of ledger) if (!present.has(name)) states.push({ name, state: 'missing', appliedAt })
  return states.sort((a, b) => (a.name < b.name ? -1 : 1))
}
