import type { Command } from 'commander'

/** Adds --url and --secret-key; without them the server is found through PLINTH_DATA_DIR. */
export function withServerOptions(command: Command): Command {
  return command
    .option('--url <url>', 'URL of the server; default: the one that runs on PLINTH_DATA_DIR')
    .option('--secret-key <key>', 'its secret key or service key')
}
