/** What a command sees of the process that runs it. Tests give their own. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv
  /** Where the command was typed: files of its options are meant from here. The data folder is meant from the process's. */
  readonly folder: string
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>
  readonly stderr: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean }
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { env: environment, stdin, stdout, stderr } = process
  // `npm run plinth` changes into the checkout; files are meant from where it was typed.
  const typedIn = environment['npm_lifecycle_event'] === 'plinth' ? environment['INIT_CWD'] : undefined
  return { environment, folder: typedIn ?? process.cwd(), stdin, stdout, stderr }
}
