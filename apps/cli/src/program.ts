// The `plinth` command: its name, its commands, and how failures leave it.
import { Command, CommanderError } from 'commander'
import { explainFailure } from './cli-error.ts'
import { addKeysCommand } from './commands/keys.ts'
import { addMigrateCommand } from './commands/migrate.ts'
import { addSqlCommand } from './commands/sql.ts'
import { addStartCommand } from './commands/start.ts'
import { addStatusCommand } from './commands/status.ts'
import { addTypesCommand } from './commands/types.ts'

/** Runs one command line (without the program's own name). Returns the exit code; a started server keeps the process alive. */
export async function runProgram(args: readonly string[]): Promise<number> {
  const program = new Command('plinth')
    .description('A self-hosted backend in one process.')
    .showHelpAfterError('(plinth --help lists all commands)')
  addStartCommand(program)
  addStatusCommand(program)
  addSqlCommand(program)
  addMigrateCommand(program)
  addTypesCommand(program)
  addKeysCommand(program)
  throwInsteadOfExit(program)
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // Help and usage errors were written by commander itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const { text, exitCode } = explainFailure(error)
    process.stderr.write(`${text}\n`)
    return exitCode
  }
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride()
  for (const each of command.commands) throwInsteadOfExit(each)
}
