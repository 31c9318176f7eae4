// `plinth sql`: a script through POST /admin/v1/sql.
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import type { Command } from 'commander'
import type { SqlResult } from '#libs/console'
import { CliError } from '../cli-error.ts'
import { withProgress } from '../output/progress.ts'
import { renderResult } from '../output/result-table.ts'
import { AdminClient } from '../server/admin-client.ts'
import { locateServer, type ServerOptions } from '../server/server-location.ts'
import type { Terminal } from '../terminal.ts'
import { readScript, scriptFromFile, type Script } from './script-source.ts'
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
export function addSqlCommand(program: Command, terminal: Terminal): void {
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
    const script = await openScript(options, terminal)
    const as = { ...roleOf(options), timeoutMs: timeoutMsOf(options.timeout) }
    const client = new AdminClient(await locateServer(options, terminal.environment))
    const result = await withProgress(terminal.stderr, 'Running the script', () =>
      'text' in script
        ? client.call<SqlResult>('POST', '/sql', { query: script.text, ...as }, { script: script.text })
        : client.stream<SqlResult>(`/sql?${queryOf(as)}`, script.chunks, 'application/sql'),
    )
    for (const notice of result.notices) terminal.stderr.write(`${notice}\n`)
    terminal.stdout.write(`${options.json === true ? JSON.stringify(result) : renderResult(result)}\n`)
  })
}

function openScript(options: SqlOptions, terminal: Terminal): Promise<Script> | Script {
  if (options.command !== undefined && options.file !== undefined) throw new CliError('give either -c or -f, not both.', { exitCode: 2 })
  if (options.command !== undefined) return { text: options.command }
  if (options.file !== undefined && options.file !== '-') return scriptFromFile(resolve(terminal.folder, options.file))
  if (options.file === undefined && terminal.stdin.isTTY === true) {
    throw new CliError('there is no script.', { exitCode: 2, hint: 'Give one with -c SQL or -f FILE, or through the standard input.' })
  }
  return readScript(terminal.stdin as Readable)
}

function queryOf(as: { role?: string; claims?: Record<string, unknown>; timeoutMs: number }): string {
  const query = new URLSearchParams({ timeoutMs: String(as.timeoutMs) })
  if (as.role !== undefined) query.set('role', as.role)
  if (as.claims !== undefined) query.set('claims', JSON.stringify(as.claims))
  return query.toString()
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
