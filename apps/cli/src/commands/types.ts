// `plinth types`: the schema as TypeScript.
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { AdminClient } from '../server/admin-client.ts'
import { locateServer, type ServerOptions } from '../server/server-location.ts'
import type { Terminal } from '../terminal.ts'
import { withServerOptions } from './server-options.ts'

/** Adds the command to the program. */
export function addTypesCommand(program: Command, terminal: Terminal): void {
  withServerOptions(
    program
      .command('types')
      .description('Write the schema as a TypeScript type for createClient<Database>()')
      .option('--out <file>', 'file to write; default: the standard output'),
  ).action(async (options: ServerOptions & { out?: string }) => {
    const types = await new AdminClient(await locateServer(options, terminal.environment)).call<string>('GET', '/types')
    if (options.out === undefined) terminal.stdout.write(types)
    else
      terminal.stderr.write(
        `${(await writeWhenChanged(resolve(terminal.folder, options.out), types)) ? 'wrote' : 'unchanged:'} ${options.out}\n`,
      )
  })
}

/** Leaves an equal file alone, so that watchers do not build again. */
async function writeWhenChanged(file: string, content: string): Promise<boolean> {
  if ((await readFile(file, 'utf8').catch(() => undefined)) === content) return false
  try {
    await writeFile(file, content)
    return true
  } catch (cause) {
    throw new CliError(`the file ${file} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`, {
      exitCode: 2,
      cause,
    })
  }
}
