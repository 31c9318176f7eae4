// A server with the change feed, and real clients of GraphQL's socket protocols against it.
import 'reflect-metadata'
import { Global, Module, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { IoAdapter } from '@nestjs/platform-socket.io'
import { WebSocketGateway } from '@nestjs/websockets'
import { type Client, createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { BusModule } from '#libs/bus'
import { CatalogModule, CatalogService } from '#libs/catalog'
import { ChangeFeed, ChangesModule } from '#libs/changes'
import { jwtKeysOf, PrincipalResolver, signHs256 } from '#libs/identity'
import { CLOCK, createLogger, LOGGER, systemClock } from '#libs/kernel'
import { type OpenedDatabase, PostgresModule } from '#libs/postgres'
import type { TestDatabase } from '#test/postgres'
import { GraphqlDialectModule, type GraphqlDialectOptions, LiveConnections, SubscriptionStats } from '../src/index.ts'

export const jwtSecret = 'a secret of the live query tests, long enough'
export const { anonKey, serviceKey } = jwtKeysOf(jwtSecret)

/** A user's id, by number. */
export function userId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

/** An access token. */
export function tokenOf(sub: string, claims: Record<string, unknown> = {}, lifetimeSeconds = 3600): string {
  const now = Math.floor(Date.now() / 1000)
  return signHs256({ aud: 'authenticated', role: 'authenticated', sub, iat: now, exp: now + lifetimeSeconds, ...claims }, jwtSecret)
}

/** socket.io on the same HTTP server, as in the real application. */
@WebSocketGateway({ path: '/realtime/v1/socket.io', serveClient: false })
class NeighbourGateway {}

/** A running server. */
export interface LiveServer {
  readonly app: NestFastifyApplication
  readonly port: number
  readonly url: string
  readonly feed: ChangeFeed
  readonly stats: SubscriptionStats
  readonly connections: LiveConnections
  /** A client of graphql-ws with that user's token. */
  client(token?: string, more?: Partial<Parameters<typeof createClient>[0]>): Client
  stop(): Promise<void>
}

/** Starts the server. `changes: false`: without a change feed. */
export async function startServer(
  db: TestDatabase | OpenedDatabase,
  options: { graphql?: GraphqlDialectOptions; changes?: boolean; port?: number; imports?: readonly Type[] } = {},
): Promise<LiveServer> {
  const resolver = new PrincipalResolver({ jwtSecret })
  @Global()
  @Module({
    providers: [
      { provide: LOGGER, useValue: createLogger({ level: process.env['TEST_LOG'] ?? 'silent', pretty: false }) },
      { provide: CLOCK, useValue: systemClock },
      { provide: PrincipalResolver, useValue: resolver },
    ],
    exports: [LOGGER, CLOCK, PrincipalResolver],
  })
  class GroundModule {}
  @Module({
    imports: [
      GroundModule,
      PostgresModule.register(db),
      BusModule.register({ redisUrl: undefined }),
      CatalogModule.register({ schemas: ['public'] }),
      ...(options.changes === false
        ? []
        : [ChangesModule.register({ feed: { replicationUrl: db.urls.replication }, subscriptions: { schemas: ['public'] } })]),
      GraphqlDialectModule.register(options.graphql),
      ...(options.imports ?? []),
    ],
    providers: [NeighbourGateway],
  })
  class ServerModule {}
  const app = await NestFactory.create<NestFastifyApplication>(ServerModule, new FastifyAdapter(), { logger: false, abortOnError: false })
  app.useWebSocketAdapter(new IoAdapter(app))
  await app.listen(options.port ?? 0, '127.0.0.1')
  const feed = options.changes === false ? (undefined as unknown as ChangeFeed) : app.get(ChangeFeed)
  if (options.changes !== false) await feed.ready(15_000)
  const catalog = app.get(CatalogService)
  resolver.useAllowedRoles((role) => catalog.current().roles.has(role))
  const { port } = app.getHttpServer().address() as { port: number }
  const clients: Client[] = []
  return {
    app,
    port,
    url: `http://127.0.0.1:${port}/graphql/v1`,
    feed,
    stats: app.get(SubscriptionStats),
    connections: app.get(LiveConnections),
    client(token, more) {
      const client = createClient({
        url: `ws://127.0.0.1:${port}/graphql/v1`,
        webSocketImpl: WebSocket,
        lazy: true,
        retryAttempts: 0,
        connectionParams: token === undefined ? undefined : { headers: { Authorization: `Bearer ${token}` } },
        ...more,
      })
      clients.push(client)
      return client
    },
    async stop() {
      for (const client of clients) await client.dispose()
      await app.close()
    },
  }
}

/** Everything that one subscription was told; waiting is for events, never for time. */
export class Told {
  readonly results: any[] = []
  readonly bodies: string[] = []
  error: unknown
  isComplete = false
  private wake: (() => void)[] = []
  readonly stop: () => void

  constructor(client: Client, query: string, variables: Record<string, unknown> = {}) {
    this.stop = client.subscribe<any>(
      { query, variables },
      {
        next: (result) => this.note(() => this.results.push(result)),
        error: (error) => this.note(() => (this.error = error)),
        complete: () => this.note(() => (this.isComplete = true)),
      },
    )
  }

  /** For transports with a client of their own. */
  note(change: () => void): void {
    change()
    for (const wake of this.wake.splice(0)) wake()
  }

  get last(): any {
    return this.results.at(-1)?.data
  }

  /** Resolves when it holds. */
  async until(holds: (told: this) => boolean): Promise<this> {
    while (!holds(this)) {
      if (this.error !== undefined && !holds(this)) throw new Error(`the subscription failed: ${JSON.stringify(this.error)}`)
      await new Promise<void>((resolve) => this.wake.push(resolve))
    }
    return this
  }

  /** Resolves when the newest data equals this. */
  async untilData(data: unknown): Promise<this> {
    return this.until((told) => JSON.stringify(told.last) === JSON.stringify(data))
  }
}
