// A pool of connections of one login. Lean on purpose: taking a free connection costs no promise and no timer. Opens
// connections when they are needed, holds a bounded queue, and comes back by itself when Postgres does.
import pg from 'pg'
import { AppError } from '#libs/kernel'
import { isServerError } from '../database-error.ts'
import { postgresErrors } from '../postgres.errors.ts'
import { Connection } from './connection.ts'
import { limitMessages } from './message-limit.ts'

const SWEEP_MS = 25
const RETRY_AFTER_S = 1
/** An answer of the APIs is one row, and is in memory as a whole before it is sent. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024

/** Sizes and limits of a pool. */
export interface PoolLimits {
  readonly connectionsMax: number
  /** Requests that may wait for a connection; one more gets `postgres/pool_full`. */
  readonly waitingMax: number
  /** How long a request waits before it gets `postgres/pool_timeout`. */
  readonly waitTimeoutMs: number
  readonly connectTimeoutMs: number
  /** A connection that was not used for so long is closed. */
  readonly idleTimeoutMs: number
  /** A longer row fails its statement with `postgres/result_too_large`. Default 64 MB. */
  readonly messageBytesMax?: number
}

/** Options of a {@link ConnectionPool}. */
export interface PoolOptions extends PoolLimits {
  /** Name in metrics and in pg_stat_activity (`plinth-<name>`). */
  readonly name: string
  readonly url: string
  /** Hears of connections that were lost or could not be made; for the log. */
  readonly onConnectionError?: (pool: string, error: Error) => void
}

/** Numbers for the metrics. */
export interface PoolStats {
  readonly pool: string
  readonly total: number
  readonly idle: number
  readonly waiting: number
}

/** Who waits for a connection. Exactly one of the two is called. */
export interface ConnectionWaiter {
  useConnection(connection: Connection): void
  failWithoutConnection(error: Error): void
}

interface QueuedWaiter {
  readonly waiter: ConnectionWaiter
  readonly giveUpMs: number
}

/** Connections of one login. */
export class ConnectionPool {
  private readonly all = new Set<Connection>()
  private readonly idle: Connection[] = []
  private readonly queue: QueuedWaiter[] = []
  private opening = 0
  private closing = false
  private sweeper: NodeJS.Timeout | undefined
  private closed: (() => void) | undefined

  constructor(private readonly options: PoolOptions) {}

  /** How many connections are open, idle and waited for, right now. */
  stats(): PoolStats {
    return { pool: this.options.name, total: this.all.size + this.opening, idle: this.idle.length, waiting: this.queue.length }
  }

  /** Hands a connection to the waiter: at once when one is free, else in turn. */
  acquire(waiter: ConnectionWaiter): void {
    const connection = this.idle.pop()
    if (connection !== undefined) return waiter.useConnection(connection)
    if (this.closing) return waiter.failWithoutConnection(postgresErrors.unavailable({ detail: 'the pool is closed' }))
    if (this.all.size + this.opening < this.options.connectionsMax) return this.open(waiter)
    if (this.queue.length >= this.options.waitingMax) {
      return waiter.failWithoutConnection(postgresErrors.pool_full({ extra: { retryAfterS: RETRY_AFTER_S } }))
    }
    this.queue.push({ waiter, giveUpMs: performance.now() + this.options.waitTimeoutMs })
    this.startSweeper()
  }

  /** {@link acquire} as a promise, for callers that are not on the hot path. */
  take(): Promise<Connection> {
    return new Promise((useConnection, failWithoutConnection) => this.acquire({ useConnection, failWithoutConnection }))
  }

  /** Gives a connection back. A retired one is closed, and its place is free for a new one. */
  release(connection: Connection): void {
    connection.unwatch()
    if (connection.retired || this.closing) {
      this.discard(connection)
      return
    }
    const next = this.queue.shift()
    if (next !== undefined) return next.waiter.useConnection(connection)
    connection.idleSinceMs = performance.now()
    this.idle.push(connection)
  }

  /** Closes the connections that nobody uses; new ones are opened when they are needed. */
  trim(): void {
    for (const connection of this.idle.splice(0)) this.discard(connection)
  }

  /** Closes all connections; those in use when they are given back. */
  async close(): Promise<void> {
    this.closing = true
    for (const { waiter } of this.queue.splice(0))
      waiter.failWithoutConnection(postgresErrors.unavailable({ detail: 'the pool is closed' }))
    this.trim()
    if (this.all.size + this.opening > 0) await new Promise<void>((resolve) => (this.closed = resolve))
    clearInterval(this.sweeper)
    this.sweeper = undefined
  }

  private open(waiter: ConnectionWaiter): void {
    this.opening++
    const client = new pg.Client({
      connectionString: this.options.url,
      connectionTimeoutMillis: this.options.connectTimeoutMs,
      keepAlive: true,
      application_name: `plinth-${this.options.name}`,
    })
    let connection: Connection | undefined
    client.on('error', (error) => {
      // What ends while the pool closes was told to end: no news.
      if (!this.closing) this.options.onConnectionError?.(this.options.name, error)
      if (connection !== undefined) this.lost(connection)
    })
    client.on('end', () => connection !== undefined && this.lost(connection))
    client.connect((error: Error | undefined) => {
      this.opening--
      if (error) {
        this.options.onConnectionError?.(this.options.name, error)
        waiter.failWithoutConnection(connectionFailure(error))
        return this.afterLoss()
      }
      limitMessages(client, this.options.messageBytesMax ?? MESSAGE_BYTES_MAX)
      connection = new Connection(client)
      this.all.add(connection)
      if (this.closing) {
        waiter.failWithoutConnection(postgresErrors.unavailable({ detail: 'the pool is closed' }))
        return this.discard(connection)
      }
      this.startSweeper()
      waiter.useConnection(connection)
    })
  }

  /** The server or the network ended it. In use, its request hears of it from the driver and gives it back. */
  private lost(connection: Connection): void {
    connection.retired = true
    const at = this.idle.indexOf(connection)
    if (at >= 0) {
      this.idle.splice(at, 1)
      this.discard(connection)
    }
  }

  private discard(connection: Connection): void {
    connection.retired = true
    if (!this.all.delete(connection)) return
    connection.client.end().catch(() => undefined)
    this.afterLoss()
  }

  /** A place is free: the next in the queue opens its own connection (and gets its own error when Postgres is away). */
  private afterLoss(): void {
    if (this.closing) {
      if (this.all.size + this.opening === 0) this.closed?.()
      return
    }
    if (this.queue.length > 0 && this.all.size + this.opening < this.options.connectionsMax) this.open(this.queue.shift()!.waiter)
  }

  private startSweeper(): void {
    if (this.sweeper !== undefined || this.closing) return
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS)
    this.sweeper.unref()
  }

  /** Statements, waiters and idle connections share one coarse timer instead of one timer per request. */
  private sweep(): void {
    const now = performance.now()
    for (const connection of this.all) connection.look(now)
    while (this.queue.length > 0 && this.queue[0]!.giveUpMs <= now) {
      this.queue.shift()!.waiter.failWithoutConnection(postgresErrors.pool_timeout({ extra: { retryAfterS: RETRY_AFTER_S } }))
    }
    // The front of the array was used least recently.
    while (this.idle.length > 0 && now - this.idle[0]!.idleSinceMs > this.options.idleTimeoutMs) this.discard(this.idle.shift()!)
    if (this.all.size === 0 && this.queue.length === 0) {
      clearInterval(this.sweeper)
      this.sweeper = undefined
    }
  }
}

/** What a request hears when no connection could be made or its connection broke. */
export function connectionFailure(error: Error): AppError {
  if (error instanceof AppError) return error
  return postgresErrors.unavailable({
    cause: error,
    detail: error.message,
    extra: { retryAfterS: RETRY_AFTER_S, ...(isServerError(error) ? { sqlstate: error.code } : {}) },
  })
}
