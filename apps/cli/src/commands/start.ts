// `plinth start`: this process becomes the server.
import type { Command } from 'commander'

/** Adds the command to the program. */
export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('Start the server; Ctrl+C stops all of it')
    .action(async () => {
      // Loaded only here: the other commands start without the server's code.
      const { main } = await import('../../../server/src/main.ts')
      await main()
    })
}
