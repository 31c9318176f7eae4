// `plinth status`: where the server is, whether it is ready, and what opens it.
import type { Command } from 'commander'
import { hideSecret } from '../output/secret-text.ts'
import { readServerStatus, type ServerStatus } from '../server/server-status.ts'
import type { ServerOptions } from '../server/server-location.ts'
import type { Terminal } from '../terminal.ts'
import { withServerOptions } from './server-options.ts'

interface StatusOptions extends ServerOptions {
  readonly json?: boolean
  readonly showSecrets?: boolean
}

/** Adds the command to the program. */
export function addStatusCommand(program: Command, terminal: Terminal): void {
  withServerOptions(
    program
      .command('status')
      .description('Show the URLs and keys of the server, and whether it is ready')
      .option('--json', 'print all values as JSON, secrets too')
      .option('--show-secrets', 'print the secrets in full'),
  ).action(async (options: StatusOptions) => {
    const status = await readServerStatus(options, terminal.environment)
    terminal.stdout.write(
      `${options.json === true ? JSON.stringify(status, null, 2) : renderStatus(status, options.showSecrets === true)}\n`,
    )
  })
}

const secretFields: ReadonlySet<keyof ServerStatus> = new Set([
  'databaseUrl',
  'serviceKey',
  'secretKey',
  'jwtSecret',
  's3AccessKey',
  's3SecretKey',
])
const titles: readonly (readonly [keyof ServerStatus, string])[] = [
  ['url', 'API'],
  ['consoleUrl', 'Console'],
  ['graphqlUrl', 'GraphQL'],
  ['databaseUrl', 'Database'],
  ['dataDir', 'Data folder'],
  ['anonKey', 'Anon key'],
  ['publishableKey', 'Publishable key'],
  ['serviceKey', 'Service key'],
  ['secretKey', 'Secret key'],
  ['jwtSecret', 'JWT secret'],
  ['s3AccessKey', 'S3 access key'],
  ['s3SecretKey', 'S3 secret key'],
  ['version', 'Version'],
]

/** The status for people; what is not known is left out. */
export function renderStatus(status: ServerStatus, showSecrets: boolean): string {
  const state = status.ready ? 'ready' : status.url === '' ? 'not running' : 'not ready'
  const lines = titles.flatMap(([field, title]) => {
    const value = String(status[field])
    if (value === '') return []
    return [`${title.padEnd(17)}${secretFields.has(field) && !showSecrets ? hideSecret(value) : value}`]
  })
  const note = showSecrets ? [] : ['', 'Secrets are hidden; --show-secrets prints them.']
  return [`Plinth is ${state}.`, '', ...lines, ...note].join('\n')
}
