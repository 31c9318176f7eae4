// What `plinth status` and `plinth keys` show: from the running server when it answers, else from its data folder.
import type { Keys } from '#libs/console'
import { AdminClient } from './admin-client.ts'
import { sendRequest } from './http-request.ts'
import { locateServer, openDataFolder, type ServerLocation, type ServerOptions } from './server-location.ts'

/** Names are part of the contract with scripts. Empty text: not known while the server does not run. */
export interface ServerStatus extends Keys {
  readonly url: string
  readonly consoleUrl: string
  readonly graphqlUrl: string
  readonly dataDir: string
  readonly version: string
  /** Does every part of the server answer? */
  readonly ready: boolean
}

const healthTimeoutMs = 5_000

/** The state of the server. A server that does not run is a state too; no data folder and no URL is an error. */
export async function readServerStatus(options: ServerOptions, environment: NodeJS.ProcessEnv): Promise<ServerStatus> {
  if (options.url !== undefined) {
    const server = await locateServer(options, environment)
    const client = new AdminClient(server)
    const [keys, project, ready] = await Promise.all([
      client.call<Keys>('GET', '/keys'),
      client.call<{ version: string }>('GET', '/project'),
      isReady(server.url),
    ])
    return { ...urlsOf(server.url), ...pickKeys(keys), dataDir: '', version: project.version, ready }
  }
  const { data, runtime } = await openDataFolder(environment)
  const secretKey = options.secretKey ?? data.peekSecret('secret_key') ?? ''
  const ready = runtime !== undefined && (await isReady(runtime.url))
  // A stale runtime.json of a server that was killed may name a port that another program has now: the key is only
  // sent to what answers like a server of ours.
  const keys = ready ? await readKeys({ url: runtime.url, secretKey }) : undefined
  const version = runtime?.version ?? ''
  const urls = urlsOf(runtime?.url ?? '')
  if (keys !== undefined) return { ...urls, ...pickKeys(keys), dataDir: data.path, version, ready }
  return {
    ...urls,
    ...(await keysOnDisk(data, environment)),
    dataDir: data.path,
    version,
    ready,
  }
}

async function readKeys(server: ServerLocation): Promise<Keys | undefined> {
  return new AdminClient(server).call<Keys>('GET', '/keys').catch(() => undefined)
}

/** What the data folder alone tells. The database's address is only known to a running server. */
async function keysOnDisk(data: { peekSecret(name: string): string | undefined }, environment: NodeJS.ProcessEnv): Promise<Keys> {
  const jwtSecret = environment['PLINTH_JWT_SECRET'] || (data.peekSecret('jwt_secret') ?? '')
  const { jwtKeysOf } = await import('#libs/identity')
  const { anonKey, serviceKey } = jwtSecret === '' ? { anonKey: '', serviceKey: '' } : jwtKeysOf(jwtSecret)
  return {
    databaseUrl: '',
    anonKey,
    serviceKey,
    publishableKey: data.peekSecret('publishable_key') ?? '',
    secretKey: data.peekSecret('secret_key') ?? '',
    jwtSecret,
    s3AccessKey: data.peekSecret('s3_access_key') ?? '',
    s3SecretKey: data.peekSecret('s3_secret_key') ?? '',
  }
}

/** In the order of the contract, and nothing else that a server may send. */
function pickKeys(keys: Keys): Keys {
  const { databaseUrl, anonKey, serviceKey, publishableKey, secretKey, jwtSecret, s3AccessKey, s3SecretKey } = keys
  return { databaseUrl, anonKey, serviceKey, publishableKey, secretKey, jwtSecret, s3AccessKey, s3SecretKey }
}

function urlsOf(url: string): { url: string; consoleUrl: string; graphqlUrl: string } {
  return { url, consoleUrl: url === '' ? '' : `${url}/console`, graphqlUrl: url === '' ? '' : `${url}/graphql/v1` }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await sendRequest({ method: 'GET', url: `${url}/health/ready`, timeoutMs: healthTimeoutMs })
    return answer.status === 200
  } catch {
    return false
  }
}
