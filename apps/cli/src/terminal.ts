/** What a command sees of the process that runs it. Tests give their own. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv
  /** The current folder. */
  readonly folder: string
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>
  readonly stderr: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean }
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { env: environment, stdin, stdout, stderr } = process
  return { environment, folder: process.cwd(), stdin, stdout, stderr }
}
