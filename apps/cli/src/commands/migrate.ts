// `plinth migrate new | up | status`: the owner's own migrations.
import { relative, resolve } from 'node:path'
import type { Command } from 'commander'
import type { UserMigration } from '#libs/console'
import { CliError } from '../cli-error.ts'
import { compareMigrations, createMigrationFile, readMigrationFiles } from '../migrations/migration-files.ts'
import { withProgress } from '../output/progress.ts'
import { AdminClient } from '../server/admin-client.ts'
import { locateServer, type ServerOptions } from '../server/server-location.ts'
import type { Terminal } from '../terminal.ts'
import { withServerOptions } from './server-options.ts'

interface MigrateOptions extends ServerOptions {
  readonly dir: string
  readonly json?: boolean
}

/** Adds the command with its three parts to the program. */
export function addMigrateCommand(program: Command, terminal: Terminal): void {
  const migrate = program.command('migrate').description('Make and apply your own migrations (SQL files in migrations/)')
  const withFolder = (command: Command) => command.option('--dir <folder>', 'folder of the migrations', 'migrations')

  withFolder(
    migrate.command('new').description('Make an empty migration').argument('<name...>', 'what it does, for example add_orders'),
  ).action(async (words: string[], options: MigrateOptions) => {
    const path = await createMigrationFile(resolve(terminal.folder, options.dir), words.join(' '), new Date())
    terminal.stdout.write(`${relative(terminal.folder, path)}\n`)
  })
  withServerOptions(withFolder(migrate.command('up').description('Apply all pending migrations, each in one transaction'))).action(
    (options: MigrateOptions) => applyPending(options, terminal),
  )
  withServerOptions(
    withFolder(migrate.command('status').description('Show what is applied and what is pending')).option('--json', 'print it as JSON'),
  ).action((options: MigrateOptions) => showStatus(options, terminal))
}

async function applyPending(options: MigrateOptions, terminal: Terminal): Promise<void> {
  const client = new AdminClient(await locateServer(options, terminal.environment))
  const files = await readMigrationFiles(resolve(terminal.folder, options.dir))
  const states = compareMigrations(files, await client.call<UserMigration[]>('GET', '/migrations'))
  const edited = states.filter((each) => each.state === 'edited').map((each) => each.name)
  if (edited.length > 0) {
    throw new CliError(`edited after ${edited.length === 1 ? 'it was' : 'they were'} applied: ${edited.join(', ')}. Nothing was done.`, {
      hint: 'Take the edit back, and put the change into a new migration: plinth migrate new NAME',
    })
  }
  const pending = files.filter((file) => states.some((each) => each.name === file.name && each.state === 'pending'))
  if (pending.length === 0) {
    terminal.stdout.write(
      files.length === 0 ? `No migrations in ${options.dir}/. Make one with: plinth migrate new NAME\n` : 'Nothing to apply.\n',
    )
    return
  }
  const lastApplied = states.findLast((each) => each.state === 'applied' || each.state === 'missing')?.name ?? ''
  for (const file of pending) {
    const started = performance.now()
    await withProgress(terminal.stderr, `Applying ${file.name}`, () => apply(client, file))
    const late = file.name < lastApplied ? '  (its name is older than the last applied one)' : ''
    terminal.stdout.write(`applied ${file.name}  ${((performance.now() - started) / 1000).toFixed(2)} s${late}\n`)
  }
}

async function apply(client: AdminClient, file: { name: string; sql: string }): Promise<void> {
  try {
    await client.call<UserMigration>('POST', '/migrations', { name: file.name, sql: file.sql }, { script: file.sql })
  } catch (error) {
    if (!(error instanceof CliError) || error.options.exitCode !== undefined) throw error
    throw new CliError(`${file.name} was not applied, nothing of it was kept: ${error.message}`, error.options)
  }
}

async function showStatus(options: MigrateOptions, terminal: Terminal): Promise<void> {
  const client = new AdminClient(await locateServer(options, terminal.environment))
  const states = compareMigrations(
    await readMigrationFiles(resolve(terminal.folder, options.dir)),
    await client.call<UserMigration[]>('GET', '/migrations'),
  )
  if (options.json === true) terminal.stdout.write(`${JSON.stringify(states, null, 2)}\n`)
  else if (states.length === 0) terminal.stdout.write(`No migrations in ${options.dir}/. Make one with: plinth migrate new NAME\n`)
  else
    for (const { name, state, appliedAt } of states)
      terminal.stdout.write(`${state.padEnd(8)} ${name}${appliedAt === undefined ? '' : `  ${appliedAt}`}\n`)
}
