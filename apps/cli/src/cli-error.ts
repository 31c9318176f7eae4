// Failures of the command line: what went wrong, why, and what to do. Never a stack trace.

/** Exit codes: 1 the work failed, 2 the command was wrong, 3 no server could be reached. */
export type ExitCode = 1 | 2 | 3

/** A failure told in words. `lines` follow the message, for example the place in a script. */
export class CliError extends Error {
  override readonly name = 'CliError'
  constructor(
    message: string,
    readonly options: {
      readonly exitCode?: ExitCode
      readonly lines?: readonly string[]
      readonly hint?: string
      readonly cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
  }
}

/** The text of a failure for stderr, and the exit code. */
export function explainFailure(error: unknown): { text: string; exitCode: number } {
  if (error instanceof CliError) {
    const { lines = [], hint, exitCode = 1 } = error.options
    return { text: [`Error: ${error.message}`, ...lines, ...(hint === undefined ? [] : [hint])].join('\n'), exitCode }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { text: `Error: ${message}`, exitCode: 1 }
}
