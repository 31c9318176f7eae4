// The three pools and what runs on them.
import type { DatabaseUrls } from '../bootstrap/login-urls.ts'
import { ConnectionPool, type PoolLimits, type PoolStats } from './connection-pool.ts'
import { PlatformDatabase } from './platform-database.ts'
import { RequestDatabase } from './request-database.ts'

/** Sizes and limits; every field has a default. */
export interface PoolsOptions {
  readonly api?: Partial<PoolLimits>
  readonly service?: Partial<PoolLimits>
  readonly owner?: Partial<PoolLimits>
  /** Time limit of a request's statement when its context names none. Default 30,000; 0 = none. */
  readonly requestTimeoutMs?: number
  /** Default true; false behind PgBouncer < 1.21. */
  readonly preparedStatements?: boolean
  /** Hears of connections that were lost or could not be made; for the log. */
  readonly onConnectionError?: (pool: string, error: Error) => void
}

/** Opened pools. Nothing connects before the first statement. */
export interface DatabasePools {
  readonly request: RequestDatabase
  readonly platform: PlatformDatabase
  /** One entry per pool, for the metrics. */
  stats(): PoolStats[]
  /** Closes idle connections. A backend keeps what it once read about the schema: after a start that is tens of megabytes. */
  trim(): void
  /** Waits until connections in use were given back. */
  close(): Promise<void>
}

const limits: PoolLimits = { connectionsMax: 10, waitingMax: 1000, waitTimeoutMs: 10_000, connectTimeoutMs: 5000, idleTimeoutMs: 60_000 }

/** Opens the pools of the logins api (10 connections), service (4) and owner (5). */
export function openPools(urls: Pick<DatabaseUrls, 'api' | 'service' | 'owner'>, options: PoolsOptions = {}): DatabasePools {
  const pool = (name: 'api' | 'service' | 'owner', connectionsMax: number) =>
    new ConnectionPool({
      ...limits,
      connectionsMax,
      ...options[name],
      name,
      url: urls[name],
      ...(options.onConnectionError === undefined ? {} : { onConnectionError: options.onConnectionError }),
    })
  const api = pool('api', 10)
  const service = pool('service', 4)
  const owner = pool('owner', 5)
  const all = [api, service, owner]
  return {
    request: new RequestDatabase({
      api,
      service,
      timeoutMs: options.requestTimeoutMs ?? 30_000,
      preparedStatements: options.preparedStatements ?? true,
    }),
    platform: new PlatformDatabase(owner),
    stats: () => all.map((one) => one.stats()),
    trim: () => {
      for (const one of all) one.trim()
    },
    close: async () => {
      await Promise.all(all.map((one) => one.close()))
    },
  }
}
