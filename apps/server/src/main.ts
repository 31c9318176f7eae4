// The server as a process: environment in, start block out, signals, exit codes.
import { setFlagsFromString } from 'node:v8'
import { AppError, ConfigError } from '#libs/kernel'
import { startServer } from './boot.ts'

/**
 * Where there is much memory, V8 lets the heap grow to four times what is in use before it looks for garbage, and a large catalog that was
 * read anew leaves a lot of it. The server shares the machine with its database, so it looks earlier (docs/decisions/0018).
 */
const HEAP_GROWS_BY_PERCENT = 150

/** Runs the server until it is told to stop. Resolves when it is ready; a failed start ends the process with code 1. */
export async function main(): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWS_BY_PERCENT}`)
  try {
    const server = await startServer(process.env)
    process.stdout.write(server.startBlock)
    stopOnSignals(server.stop)
  } catch (error) {
    process.stderr.write(`\n${explain(error)}\n`)
    process.exit(1)
  }
}

/** The first signal stops in order; a second one of an impatient person ends at once. */
function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false
  const onSignal = (): void => {
    if (stopping) process.exit(130)
    stopping = true
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`The stop was not clean: ${explain(error)}\n`)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
}

/** Faults that we know are told in words; only the unknown ones show a stack, because there it is the only clue. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return `${error.message}\nSee docs/reference/configuration.md.`
  if (error instanceof AppError) return error.hint === undefined ? error.message : `${error.message}\n${error.hint}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
