// A server with just the parts that realtime stands on, and real sockets against it.
import 'reflect-metadata'
import { Global, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { IoAdapter } from '@nestjs/platform-socket.io'
import { io, type Socket } from 'socket.io-client'
import { BusModule } from '#libs/bus'
import { ChangeFeed, ChangesModule, type ChangeFeedOptions, type ChangeSubscriptionsOptions } from '#libs/changes'
import { jwtKeysOf, PrincipalResolver, signHs256 } from '#libs/identity'
import { createLogger, LOGGER } from '#libs/kernel'
import { PostgresModule } from '#libs/postgres'
import type { TestDatabase } from '#test/postgres'
import { RealtimeGateway, RealtimeModule, type RealtimeOptions } from '../src/index.ts'

const jwtSecret = 'a secret of the realtime tests, long enough'
export const { anonKey, serviceKey } = jwtKeysOf(jwtSecret)

/** An access token of a user. */
export function tokenOf(userId: string, claims: Record<string, unknown> = {}, lifetimeSeconds = 3600): string {
  const now = Math.floor(Date.now() / 1000)
  return signHs256({ aud: 'authenticated', role: 'authenticated', sub: userId, iat: now, exp: now + lifetimeSeconds, ...claims }, jwtSecret)
}

/** A running server and what tests do with it. */
export interface RealtimeServer {
  readonly app: NestFastifyApplication
  readonly feed: ChangeFeed
  readonly gateway: RealtimeGateway
  readonly port: number
  client(token?: string, auth?: object): Client
  stop(): Promise<void>
}

/** Starts the server; `port` is for a restart on the same one. */
export async function startServer(
  db: TestDatabase,
  options: {
    port?: number
    realtime?: RealtimeOptions
    feed?: Partial<ChangeFeedOptions>
    subscriptions?: Partial<ChangeSubscriptionsOptions>
    redisUrl?: string
  } = {},
): Promise<RealtimeServer> {
  const resolver = new PrincipalResolver({ jwtSecret })
  @Global()
  @Module({
    providers: [
      { provide: LOGGER, useValue: createLogger({ level: process.env.TEST_LOG ?? 'silent', pretty: false }) },
      { provide: PrincipalResolver, useValue: resolver },
    ],
    exports: [LOGGER, PrincipalResolver],
  })
  class GroundModule {}
  @Module({
    imports: [
      GroundModule,
      PostgresModule.register(db),
      BusModule.register({ redisUrl: options.redisUrl }),
      ChangesModule.register({
        feed: { replicationUrl: db.urls.replication, ...options.feed },
        subscriptions: { schemas: ['public'], ...options.subscriptions },
      }),
      RealtimeModule.register(options.realtime),
    ],
  })
  class ServerModule {}
  const app = await NestFactory.create<NestFastifyApplication>(ServerModule, new FastifyAdapter(), { logger: false, abortOnError: false })
  app.useWebSocketAdapter(new IoAdapter(app))
  await app.listen(options.port ?? 0, '127.0.0.1')
  const { port } = app.getHttpServer().address() as { port: number }
  const clients: Client[] = []
  return {
    app,
    port,
    feed: app.get(ChangeFeed),
    gateway: app.get(RealtimeGateway),
    client(token, auth) {
      const client = new Client(port, auth ?? { apikey: anonKey, protocol: 1, ...(token === undefined ? {} : { token }) })
      clients.push(client)
      return client
    },
    async stop() {
      for (const client of clients) client.socket.disconnect()
      await app.close()
    },
  }
}

/** A binding as it travels. */
export interface Binding {
  readonly event?: string
  readonly schema?: string
  readonly table: string
  readonly filter?: { readonly column: string; readonly value: unknown }
}

/** A socket that keeps what it receives; waiting is for events, never for time. */
export class Client {
  readonly socket: Socket
  readonly received: { readonly event: string; readonly message: any }[] = []
  private wake: (() => void)[] = []

  constructor(port: number, auth: object) {
    this.socket = io(`http://127.0.0.1:${port}`, {
      path: '/realtime/v1/socket.io',
      transports: ['websocket'],
      reconnection: false,
      auth,
      forceNew: true,
    })
    this.socket.onAny((event: string, message: unknown) => this.note(event, message))
    this.socket.on('disconnect', (reason) => this.note('disconnected', { reason }))
    this.socket.on('connect_error', (error) => this.note('refused', { message: error.message, data: (error as { data?: unknown }).data }))
  }

  private note(event: string, message: unknown): void {
    this.received.push({ event, message })
    const waiting = this.wake
    this.wake = []
    for (const wake of waiting) wake()
  }

  async connected(): Promise<this> {
    if (!this.socket.connected) await new Promise<void>((resolve) => this.socket.once('connect', () => resolve()))
    return this
  }

  send(event: string, message: unknown): Promise<any> {
    return this.socket.timeout(15_000).emitWithAck(event, message)
  }

  async join(channel: string, bindings: readonly Binding[], more: object = {}): Promise<any> {
    await this.connected()
    const changes = bindings.map((binding) => ({ event: '*', schema: 'public', ...binding }))
    const { broadcast, ...rest } = more as { broadcast?: object }
    return this.send('join', { channel, config: { changes, ...(broadcast === undefined ? {} : { broadcast }) }, ...rest })
  }

  /** The first message that fits, also one that is there already. */
  async until(event: string, fits: (message: any) => boolean = () => true): Promise<any> {
    for (;;) {
      const found = this.received.find((item) => item.event === event && fits(item.message))
      if (found !== undefined) return found.message
      await new Promise<void>((resolve) => this.wake.push(resolve))
    }
  }

  /** `insert 1`, `delete 2`… in order of arrival. */
  changes(): string[] {
    return this.received
      .filter(({ event }) => event === 'change')
      .map(({ message }) => `${message.type} ${(message.record ?? message.old)?.id}`)
  }
}
