// The `plinth` command: its name, its commands, and how failures leave it.
import { Command, CommanderError } from 'commander'
import { explainFailure } from './cli-error.ts'
import { addKeysCommand } from './commands/keys.ts'
import { addMigrateCommand } from './commands/migrate.ts'
import { addSqlCommand } from './commands/sql.ts'
import { addStartCommand } from './commands/start.ts'
import { addStatusCommand } from './commands/status.ts'
import { addTypesCommand } from './commands/types.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command line (without the program's own name). Returns the exit code; a started server keeps the process alive. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('plinth')
    .description('A self-hosted backend in one process.')
    .showHelpAfterError('(plinth --help lists all commands)')
  addStartCommand(program)
  addStatusCommand(program, terminal)
  addSqlCommand(program, terminal)
  addMigrateCommand(program, terminal)
  addTypesCommand(program, terminal)
  addKeysCommand(program, terminal)
  adapt(program, terminal)
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // Help and usage errors were written by commander itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const { text, exitCode } = explainFailure(error)
    terminal.stderr.write(`${text}\n`)
    return exitCode
  }
}

/** Commander writes to the given terminal and throws where it would end the process. */
function adapt(command: Command, terminal: Terminal): void {
  command.exitOverride()
  command.configureOutput({ writeOut: (text) => void terminal.stdout.write(text), writeErr: (text) => void terminal.stderr.write(text) })
  for (const each of command.commands) adapt(each, terminal)
}
