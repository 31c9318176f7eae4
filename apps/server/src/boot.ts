// Start-up as a readable list of steps. Each step's failure names its cause and the way out; what has been started by
// then is stopped again, in the opposite order.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IoAdapter } from '@nestjs/platform-socket.io'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { NestFactory } from '@nestjs/core'
import { SetupService } from '#libs/console'
import { SessionRevocations } from '#libs/auth'
import { CatalogService } from '#libs/catalog'
import { ChangeFeed, ChangeSubscriptions } from '#libs/changes'
import { asAppError, installRequestFrame, OpenConnections, renderPlatformError, requestIdOf } from '#libs/gateway'
import { LiveConnections } from '#libs/graphql'
import { PrincipalResolver } from '#libs/identity'
import { createLogger, DataDirectory, type Logger, randomToken } from '#libs/kernel'
import { openDatabase, type OpenedDatabase } from '#libs/postgres'
import { RealtimeGateway } from '#libs/realtime'
import { sendFrameworkError } from '#libs/rest'
import { AppModule, type Parts } from './app.module.ts'
import { type Configuration, readConfiguration } from './configuration.ts'
import { findInstallation } from './installation.ts'
import { Keyring } from './keyring.ts'
import { asListeningError, choosePort } from './listening.ts'
import { nestLogger } from './nest-logger.ts'
import { Observers } from './observers.ts'
import { announceRuntime, withdrawRuntime } from './runtime-file.ts'
import { renderStartBlock } from './start-block.ts'

const installation = findInstallation()

/** A server that answers requests. */
export interface RunningServer {
  readonly url: string
  readonly startBlock: string
  /** Stops everything in order: no new requests, running ones finished, pools, embedded Postgres. */
  readonly stop: () => Promise<void>
}

/** Starts everything from an environment. */
export async function startServer(environment: NodeJS.ProcessEnv): Promise<RunningServer> {
  const startedAt = new Date()
  const configuration = readConfiguration(environment)
  const { PLINTH_HOST: host, PLINTH_DATA_DIR: dataDir, PLINTH_LOG_LEVEL: level } = configuration.server
  const logger = createLogger({ level, pretty: process.stderr.isTTY })
  const port = await choosePort(host, configuration.server.PLINTH_PORT)
  const localUrl = `http://${reachableName(host)}:${port}`
  const url = configuration.server.PLINTH_PUBLIC_URL?.replace(/\/+$/, '') ?? localUrl
  const data = await DataDirectory.open(dataDir)

  stayUp(logger)
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each()
  }
  try {
    const database = await openPlatformDatabase(configuration, data, logger)
    stops.push(() => database.close())
    const parts = await gatherParts({ data, database, logger, startedAt, url, environment })
    const app = await createApplication(configuration, parts)
    const connections = new OpenConnections(app.getHttpServer())
    stops.push(async () => {
      connections.drain()
      await app.close()
    })
    await listen(app, host, port)
    await announceRuntime(data, { url: localUrl, pid: process.pid, version: parts.version, startedAt: startedAt.toISOString() })
    stops.push(() => withdrawRuntime(data))
    const setupToken = await app.get(SetupService).begin()
    database.trim()
    const startBlock = renderStartBlock({
      url,
      consoleUrl: `${url}/console`,
      dataDir: data.path,
      setupUrl: setupToken === null ? null : `${url}/console/setup#token=${setupToken}`,
      database: database.server === undefined ? 'external Postgres' : 'embedded Postgres',
      objects: configuration.blob.PLINTH_S3_ENDPOINT === undefined ? 'on disk' : 'on S3',
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      limitations: database.limitations,
    })
    return { url, startBlock, stop }
  } catch (error) {
    await stop().catch((cause: unknown) => logger.error({ err: cause }, 'the failed start could not be undone cleanly'))
    throw error
  }
}

/** A promise that nobody looked after is a fault of ours, to be mended; it is no reason to end everybody's requests. */
function stayUp(logger: Logger): void {
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'a failure was not handled; the server goes on'))
}

function openPlatformDatabase(configuration: Configuration, data: DataDirectory, logger: Logger): Promise<OpenedDatabase> {
  const { PLINTH_DATABASE_URL: url, PLINTH_DATABASE_DIRECT_URL: directUrl } = configuration.postgres
  return openDatabase({
    ...(url === undefined
      ? { embedded: { directory: data.file('postgres'), onNotice: (message: string) => logger.info(message) } }
      : { external: { url, directUrl } }),
    secret: (name, make) => data.secret(name, make),
    migrationsFolder: join(installation, 'prisma', 'migrations'),
    exposedSchemas: configuration.catalog.PLINTH_API_SCHEMAS,
    pools: { onConnectionError: (pool, error) => logger.warn({ pool, err: error }, 'a database connection was lost') },
  })
}

async function gatherParts(given: Omit<Parts, 'keyring' | 'observers' | 'version' | 'storageSecret' | 'siteFolder'>): Promise<Parts> {
  const { data, database } = given
  const secret = (name: string, bytes = 32): Promise<string> => data.secret(name, () => randomToken(bytes))
  const keyring = new Keyring({
    databaseUrl: database.urls.owner,
    s3AccessKey: await secret('s3_access_key', 15),
    s3SecretKey: await secret('s3_secret_key'),
  })
  const { version } = JSON.parse(await readFile(join(installation, 'package.json'), 'utf8')) as { version: string }
  return {
    ...given,
    version,
    keyring,
    observers: new Observers(database),
    storageSecret: await secret('storage_signing_secret', 48),
    siteFolder: join(installation, 'admin-ui', 'dist'),
  }
}

async function createApplication(configuration: Configuration, parts: Parts): Promise<NestFastifyApplication> {
  const { keyring, logger, observers } = parts
  const adapter = new FastifyAdapter({
    genReqId: requestIdOf,
    bodyLimit: 1 << 20,
    routerOptions: { maxParamLength: 2048 },
    forceCloseConnections: 'idle',
    // Nothing here is an Express middleware, and the layer for them costs 3 % of a small request.
    skipMiddie: true,
    // What Fastify refuses before any route, such as a URL that cannot be decoded.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      if (!sendFrameworkError(error, request, reply)) renderPlatformError(asAppError(error), request, reply)
    },
  })
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(configuration, parts), adapter, {
    logger: nestLogger(logger),
    abortOnError: false,
  })
  installRequestFrame(adapter.getInstance(), { logger, onAnswered: observers.onAnswered })
  keyring.attach(app)
  observers.watch(app)
  app.useWebSocketAdapter(new IoAdapter(app))
  connect(app)
  await app.init()
  return app
}

/** Where libs meet that do not know each other: DDL reaches the catalog at once, tokens take the database's roles, sockets end with their session. */
function connect(app: NestFastifyApplication): void {
  const catalog = app.get(CatalogService)
  app.get(ChangeFeed).onDdl(() => catalog.noticeDdl())
  catalog.onChange(() => app.get(ChangeSubscriptions).catalogChanged())
  app.get(PrincipalResolver).useAllowedRoles((role) => catalog.current().roles.has(role))
  const connections = [app.get(RealtimeGateway), app.get(LiveConnections)]
  app.get(SessionRevocations).onSessionRevoked(({ sessionIds }) => {
    for (const each of connections) void Promise.all(sessionIds.map((id) => each.closeSession(id)))
  })
}

async function listen(app: NestFastifyApplication, host: string, port: number): Promise<void> {
  try {
    await app.listen(port, host)
  } catch (error) {
    throw asListeningError(error, host, port)
  }
}

/** How this machine reaches an address it listens on: an unspecified one (0.0.0.0, ::) over loopback. */
function reachableName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
