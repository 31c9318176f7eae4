// `plinth types`: the schema as TypeScript.
import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { AdminClient } from '../server/admin-client.ts'
import { locateServer, type ServerOptions } from '../server/server-location.ts'
import { withServerOptions } from './server-options.ts'

/** Adds the command to the program. */
export function addTypesCommand(program: Command): void {
  withServerOptions(
    program
      .command('types')
      .description('Write the schema as a TypeScript type for createClient<Database>()')
      .option('--out <file>', 'file to write; default: the standard output'),
  ).action(async (options: ServerOptions & { out?: string }) => {
    const types = await new AdminClient(await locateServer(options, process.env)).call<string>('GET', '/types')
    if (options.out === undefined) process.stdout.write(types)
    else process.stderr.write(`${(await writeWhenChanged(options.out, types)) ? 'wrote' : 'unchanged:'} ${options.out}\n`)
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
