// `plinth sql`: a script through POST /admin/v1/sql.
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import type { SqlResult } from '#libs/console'
import { CliError } from '../cli-error.ts'
import { withProgress } from '../output/progress.ts'
import { renderResult } from '../output/result-table.ts'
import { AdminClient } from '../server/admin-client.ts'
import { locateServer, type ServerOptions } from '../server/server-location.ts'
import { withServerOptions } from './server-options.ts'

interface SqlOptions extends ServerOptions {
  readonly command?: string
  readonly file?: string
  readonly json?: boolean
  readonly role?: string
  readonly claims?: string
  readonly timeout?: string
}

/** Adds the command to the program. */
export function addSqlCommand(program: Command): void {
  withServerOptions(
    program
      .command('sql')
      .description('Run a script in one transaction, as the owner of the database or as a role')
      .option('-c, --command <sql>', 'the script itself')
      .option('-f, --file <file>', 'a file with the script; - is the standard input')
      .option('--json', 'print the answer as JSON')
      .option('--role <role>', 'run it as this role, under its grants and policies')
      .option('--claims <json>', 'claims of the token that the role acts with, for example {"sub":"…"}')
      .option('--timeout <seconds>', 'stop the script after this time', '3600'),
  ).action(async (options: SqlOptions) => {
    const script = await readScript(options)
    const body = { query: script, ...roleOf(options), timeoutMs: timeoutMsOf(options.timeout) }
    const client = new AdminClient(await locateServer(options, process.env))
    const result = await withProgress('Running the script', () => client.call<SqlResult>('POST', '/sql', body, { script }))
    for (const notice of result.notices) process.stderr.write(`${notice}\n`)
    process.stdout.write(`${options.json === true ? JSON.stringify(result) : renderResult(result)}\n`)
  })
}

async function readScript(options: SqlOptions): Promise<string> {
  if (options.command !== undefined && options.file !== undefined) throw new CliError('give either -c or -f, not both.', { exitCode: 2 })
  if (options.command !== undefined) return options.command
  if (options.file !== undefined && options.file !== '-') {
    try {
      // Editors of other systems put a byte order mark first; Postgres would refuse it.
      return (await readFile(options.file, 'utf8')).replace(/^\ufeff/, '')
    } catch (cause) {
      throw new CliError(`the file ${options.file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`, {
        exitCode: 2,
        cause,
      })
    }
  }
  if (options.file === undefined && process.stdin.isTTY) {
    throw new CliError('there is no script.', { exitCode: 2, hint: 'Give one with -c SQL or -f FILE, or through the standard input.' })
  }
  return text(process.stdin)
}

function roleOf(options: SqlOptions): { role?: string; claims?: Record<string, unknown> } {
  if (options.claims === undefined) return options.role === undefined ? {} : { role: options.role }
  if (options.role === undefined) throw new CliError('--claims needs --role: claims hold for a role.', { exitCode: 2 })
  let claims: unknown
  try {
    claims = JSON.parse(options.claims)
  } catch {
    claims = undefined
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new CliError('--claims is not a JSON object.', {
      exitCode: 2,
      hint: `Give one like '{"sub":"11111111-1111-1111-1111-111111111111"}'.`,
    })
  }
  return { role: options.role, claims: claims as Record<string, unknown> }
}

function timeoutMsOf(seconds: string | undefined): number {
  const value = Number(seconds)
  if (!(value > 0 && value <= 3600)) throw new CliError('--timeout has to be between 0 and 3600 seconds.', { exitCode: 2 })
  return Math.max(1, Math.round(value * 1000))
}
