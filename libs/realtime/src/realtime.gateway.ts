// The socket.io endpoint as a Nest gateway. It admits connections; what they do is in connections/.
import { Inject, type OnModuleDestroy } from '@nestjs/common'
import { WebSocketGateway, type OnGatewayConnection, type OnGatewayDisconnect, type OnGatewayInit } from '@nestjs/websockets'
import type { Server, Socket } from 'socket.io'
import { MessageBus } from '#libs/bus'
import { ChangeSubscriptions } from '#libs/changes'
import { PrincipalResolver, type Principal } from '#libs/identity'
import { AppError, LOGGER, type Logger } from '#libs/kernel'
import { Broadcasts } from './channels/broadcasts.ts'
import { authenticate } from './connections/authenticate.ts'
import { ClientConnection, type ConnectionContext } from './connections/client-connection.ts'
import { cut, type Line } from './connections/send-buffer.ts'
import { handshakeSchema, messageBytesMax, realtimePath } from './protocol.ts'
import { realtimeErrors, wireErrorOf } from './realtime.errors.ts'
import { REALTIME_OPTIONS, type RealtimeOptions } from './realtime.options.ts'
import { RealtimeStats } from './realtime-stats.ts'

const defaults = {
  connectionsMax: 10_000,
  messagesPerSecond: 100,
  joinsPerSecond: 20,
  waitingBytesMax: 4 * 1024 * 1024,
  expiryGraceMs: 10_000,
}
const goodbyeMsMax = 500
const sessionsTopic = 'realtime.closed-sessions'

/** What socket.io keeps of its engine, which its types hide. */
interface EngineServer {
  readonly engine: {
    readonly clientsCount: number
    readonly clients: Readonly<Record<string, Line>>
    readonly opts: Record<string, unknown>
  }
}

/** Admits sockets: API key, token, limits; closes them again. */
@WebSocketGateway({
  path: realtimePath,
  maxHttpBufferSize: messageBytesMax,
  serveClient: false,
  connectTimeout: 10_000,
  // Credentials travel in the handshake, never in cookies, so any page may try.
  cors: { origin: '*' },
})
export class RealtimeGateway implements OnGatewayInit<Server>, OnGatewayConnection<Socket>, OnGatewayDisconnect<Socket>, OnModuleDestroy {
  private readonly connections = new Map<string, ClientConnection>()
  private readonly limits: Required<RealtimeOptions>
  private readonly context: ConnectionContext
  private stopSessions: (() => Promise<void>) | undefined
  private stopping = false
  private server: Server | undefined

  constructor(
    @Inject(REALTIME_OPTIONS) options: RealtimeOptions,
    @Inject(PrincipalResolver) private readonly resolver: PrincipalResolver,
    @Inject(ChangeSubscriptions) subscriptions: ChangeSubscriptions,
    @Inject(MessageBus) private readonly bus: MessageBus,
    @Inject(RealtimeStats) private readonly stats: RealtimeStats,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    this.limits = { ...defaults, ...options }
    this.context = { subscriptions, resolver, broadcasts: new Broadcasts(bus, log), stats, limits: this.limits, log }
  }

  /** Sets who is admitted, and listens to the other nodes. */
  afterInit(server: Server): void {
    this.server = server
    server.use(async (socket, next) => {
      next(
        await this.admit(socket).then(
          () => undefined,
          (error: unknown) => this.refusal(error),
        ),
      )
    })
    // Lines that never finish their handshake count too.
    const linesMax = this.limits.connectionsMax + 1_000
    const { engine } = server as unknown as EngineServer
    engine.opts.allowRequest = (_request: unknown, decide: (error: string | null, allowed: boolean) => void) =>
      decide(null, engine.clientsCount < linesMax)
    this.context.broadcasts.start()
    this.bus
      .subscribe(sessionsTopic, (sessionId) => this.closeHere(sessionId))
      .then(
        (stop) => (this.stopSessions = stop),
        (error: unknown) => this.log.error({ err: error }, 'closed sessions of other nodes cannot be heard of'),
      )
  }

  /** An admitted client has connected. */
  handleConnection(socket: Socket): void {
    const { principal, apikey } = socket.data as { principal: Principal; apikey: string }
    this.connections.set(socket.id, new ClientConnection(socket, principal, apikey, this.context))
    this.stats.sockets = this.connections.size
  }

  /** A client is gone. */
  handleDisconnect(socket: Socket): void {
    this.connections.get(socket.id)?.close()
    this.connections.delete(socket.id)
    this.stats.sockets = this.connections.size
  }

  /**
   * Ends every connection of an auth session, on every node: it was signed out or revoked. Never throws: with a bus that is away
   * the other nodes' sockets end when their token expires.
   */
  async closeSession(sessionId: string): Promise<void> {
    this.closeHere(sessionId)
    try {
      await this.bus.publish(sessionsTopic, sessionId)
    } catch (error) {
      this.log.error({ err: error }, 'other nodes could not be told of a closed session')
    }
  }

  /** Says goodbye to every client and lets go of every line. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true
    for (const connection of this.connections.values()) connection.end('shutdown', 'The server goes down. Connect again in a moment.')
    await this.context.broadcasts.close()
    await this.stopSessions?.()
    await this.cutLines()
  }

  /** Lines get a moment to end in good order, so that the goodbye arrives; the server does not wait for those that do not answer. */
  private async cutLines(): Promise<void> {
    const engine = (this.server as unknown as EngineServer | undefined)?.engine
    if (engine === undefined) return
    const until = Date.now() + goodbyeMsMax
    while (engine.clientsCount > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
    for (const line of Object.values(engine.clients)) cut(line)
  }

  private closeHere(sessionId: string): void {
    for (const connection of this.connections.values()) {
      if (connection.sessionId === sessionId) connection.end('session_revoked', 'The session was ended.')
    }
  }

  private async admit(socket: Socket): Promise<void> {
    if (this.stopping) throw realtimeErrors.unavailable()
    if (this.connections.size >= this.limits.connectionsMax) throw realtimeErrors.too_many_connections()
    const credentials = handshakeSchema.safeParse(socket.handshake.auth)
    if (!credentials.success) throw realtimeErrors.invalid_key({ hint: 'Connect with auth: { apikey, token? }.' })
    const { apikey, token, protocol } = credentials.data
    if (protocol !== undefined && protocol !== 1) throw realtimeErrors.protocol_unsupported()
    const principal = await authenticate(this.resolver, { apikey, token: token ?? null })
    socket.data = { principal, apikey }
  }

  private refusal(error: unknown): Error {
    this.stats.refused++
    const known = wireErrorOf(error)
    if (known === undefined || !(error instanceof AppError)) this.log.error({ err: error }, 'a realtime handshake failed')
    const data = known ?? { code: 'unavailable', message: 'The connection could not be admitted.' }
    return Object.assign(new Error(data.message), { data })
  }
}
