// `plinth keys`: the keys alone, as lines for a .env file.
import type { Command } from 'commander'
import { hideSecret } from '../output/secret-text.ts'
import type { ServerOptions } from '../server/server-location.ts'
import { readServerStatus } from '../server/server-status.ts'
import type { Terminal } from '../terminal.ts'
import { withServerOptions } from './server-options.ts'

/** Adds the command to the program. */
export function addKeysCommand(program: Command, terminal: Terminal): void {
  withServerOptions(
    program.command('keys').description('Show the API keys of the server').option('--show-secrets', 'print the secret ones in full'),
  ).action(async (options: ServerOptions & { showSecrets?: boolean }) => {
    const { url, anonKey, publishableKey, serviceKey, secretKey } = await readServerStatus(options, terminal.environment)
    const secret = (value: string) => (options.showSecrets === true ? value : hideSecret(value))
    const lines = [
      `PLINTH_URL=${url}`,
      `PLINTH_ANON_KEY=${anonKey}`,
      `PLINTH_PUBLISHABLE_KEY=${publishableKey}`,
      `PLINTH_SERVICE_KEY=${secret(serviceKey)}`,
      `PLINTH_SECRET_KEY=${secret(secretKey)}`,
    ]
    terminal.stdout.write(`${lines.join('\n')}\n`)
  })
}
