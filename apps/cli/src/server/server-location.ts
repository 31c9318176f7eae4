// Where the server is and what opens it: from --url and --secret-key, else from what a running server left in its data
// folder.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DataDirectory } from '#libs/kernel'
import { CliError } from '../cli-error.ts'

/** The options that every command with a server takes. */
export interface ServerOptions {
  readonly url?: string
  readonly secretKey?: string
}

/** A server and its key. */
export interface ServerLocation {
  /** Without a slash at the end. */
  readonly url: string
  readonly secretKey: string
}

/** What a running server wrote into its data folder. */
export interface RuntimeFacts {
  readonly url: string
  readonly pid: number
  readonly version: string
  readonly startedAt: string
}

/** The opened data folder of this environment: PLINTH_DATA_DIR, default .plinth. */
export async function openDataFolder(environment: NodeJS.ProcessEnv): Promise<{ data: DataDirectory; runtime: RuntimeFacts | undefined }> {
  const path = resolve(environment['PLINTH_DATA_DIR'] || '.plinth')
  const data = await DataDirectory.openExisting(path)
  if (data === undefined) {
    throw new CliError(`there is no data folder of Plinth at ${path}.`, {
      exitCode: 3,
      hint: 'Start the server here, set PLINTH_DATA_DIR to its data folder, or give --url and --secret-key.',
    })
  }
  return { data, runtime: await readRuntime(data) }
}

/** Finds the server. A key from the data folder is only sent to the server of that folder. */
export async function locateServer(options: ServerOptions, environment: NodeJS.ProcessEnv): Promise<ServerLocation> {
  const url = options.url === undefined ? undefined : serverUrl(options.url)
  if (url !== undefined && options.secretKey !== undefined) return { url, secretKey: options.secretKey }
  if (url !== undefined && options.secretKey === undefined) {
    throw new CliError('--url needs --secret-key too.', {
      exitCode: 2,
      hint: 'The key of a local data folder is not sent to another server.',
    })
  }
  const { data, runtime } = await openDataFolder(environment)
  if (runtime === undefined) {
    throw new CliError(`no server runs on the data folder ${data.path}.`, {
      exitCode: 3,
      hint: 'Start it with `plinth start`, or in a checkout with `npm start`.',
    })
  }
  const secretKey = options.secretKey ?? data.peekSecret('secret_key')
  if (secretKey === undefined) {
    throw new CliError(`the data folder ${data.path} holds no secret key yet.`, {
      exitCode: 3,
      hint: 'Wait until the server is ready, or give --secret-key.',
    })
  }
  return { url: serverUrl(runtime.url), secretKey }
}

function serverUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new CliError(`${text} is not a URL.`, { exitCode: 2, hint: 'Give one like http://127.0.0.1:8000.' })
  }
  return text.replace(/\/+$/, '')
}

async function readRuntime(data: DataDirectory): Promise<RuntimeFacts | undefined> {
  try {
    return JSON.parse(await readFile(data.file('runtime.json'), 'utf8')) as RuntimeFacts
  } catch {
    return undefined
  }
}
