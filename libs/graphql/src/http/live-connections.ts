// All open sockets and event streams of the process: how many there may be, and which end together.
import { Inject, Injectable, Optional, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common'
import { MessageBus } from '#libs/bus'
import { type Logger, LOGGER } from '#libs/kernel'
import { GRAPHQL_OPTIONS, type GraphqlDialectOptions } from '../graphql.options.ts'
import { subscriptionLimits, type SubscriptionLimits } from '../subscriptions/subscription-limits.ts'
import { SubscriptionStats } from '../subscriptions/subscription-stats.ts'

/** Why the server ends a connection. */
export type EndReason = 'session_revoked' | 'token_expired' | 'shutdown' | 'slow_consumer'

/** An open connection. */
export interface LiveConnection {
  readonly address: string
  /** The auth session that it belongs to. */
  readonly sessionId: string | undefined
  end(reason: EndReason): void
  /** Called every few seconds. */
  tick(): void
}

const KEEP_ALIVE_MS = 5_000
const sessionsTopic = 'graphql.closed-sessions'

/** The connections. */
@Injectable()
export class LiveConnections implements OnModuleInit, OnModuleDestroy {
  private readonly connections = new Set<LiveConnection>()
  private readonly byAddress = new Map<string, number>()
  private readonly limits: SubscriptionLimits
  private readonly ticking: NodeJS.Timeout
  private stopping = false
  private stopSessions: (() => Promise<void>) | undefined

  constructor(
    @Inject(GRAPHQL_OPTIONS) options: GraphqlDialectOptions,
    @Inject(SubscriptionStats) private readonly stats: SubscriptionStats,
    @Inject(LOGGER) private readonly log: Logger,
    @Optional() @Inject(MessageBus) private readonly bus?: MessageBus,
  ) {
    this.limits = subscriptionLimits(options.subscriptions)
    this.ticking = setInterval(() => {
      for (const connection of this.connections) connection.tick()
    }, KEEP_ALIVE_MS)
    this.ticking.unref()
  }

  /** Listens to the other nodes. */
  onModuleInit(): void {
    this.bus
      ?.subscribe(sessionsTopic, (sessionId) => this.closeHere(sessionId))
      .then(
        (stop) => (this.stopSessions = stop),
        (error: unknown) => this.log.error({ err: error }, 'closed sessions of other nodes cannot be heard of'),
      )
  }

  /** Whether one more may be opened from that address. */
  admits(address: string): boolean {
    const admitted =
      !this.stopping &&
      this.connections.size < this.limits.socketsMax &&
      (this.byAddress.get(address) ?? 0) < this.limits.socketsPerAddressMax
    if (!admitted) this.stats.refused++
    return admitted
  }

  /** Enters an open connection. */
  add(connection: LiveConnection): void {
    this.connections.add(connection)
    this.byAddress.set(connection.address, (this.byAddress.get(connection.address) ?? 0) + 1)
    this.stats.sockets = this.connections.size
  }

  /** Forgets a connection that has ended; may be called twice. */
  delete(connection: LiveConnection): void {
    if (!this.connections.delete(connection)) return
    const left = this.byAddress.get(connection.address)! - 1
    if (left === 0) this.byAddress.delete(connection.address)
    else this.byAddress.set(connection.address, left)
    this.stats.sockets = this.connections.size
  }

  /**
   * Ends every connection of an auth session, on every node: it was signed out or revoked. Never throws: with a bus that is
   * away the other nodes' connections end when their token expires.
   */
  async closeSession(sessionId: string): Promise<void> {
    this.closeHere(sessionId)
    try {
      await this.bus?.publish(sessionsTopic, sessionId)
    } catch (error) {
      this.log.error({ err: error }, 'other nodes could not be told of a closed session')
    }
  }

  /** Says goodbye to everybody. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true
    clearInterval(this.ticking)
    for (const connection of this.connections) connection.end('shutdown')
    await this.stopSessions?.()
  }

  private closeHere(sessionId: string): void {
    for (const connection of this.connections) if (connection.sessionId === sessionId) connection.end('session_revoked')
  }
}
