// The platform's own work as plinth_owner: auth, storage metadata, settings, DDL of the console. No request's SQL and
// no request's role ever comes here.
import { isServerError, toDatabaseError, transactionFailed } from '../database-error.ts'
import { postgresErrors } from '../postgres.errors.ts'
import { cancelRunning } from './cancel.ts'
import { connectionFailure, type ConnectionPool } from './connection-pool.ts'
import type { Connection } from './connection.ts'

/** No statement of the platform takes so long while the database is well. */
const TIMEOUT_MS = 30_000

/** Runs one statement; rows as objects, types as node-postgres maps them (int8 and numeric as text, timestamptz as Date). */
export interface PlatformQueries {
  /** Rejects with a DatabaseError that keeps the SQLSTATE, or with `postgres/unavailable`. */
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>
}

/** Statements of the platform itself. Throws DatabaseError and AppError like RequestDatabase. */
export class PlatformDatabase implements PlatformQueries {
  constructor(
    private readonly pool: ConnectionPool,
    /** Time limit of each statement. */
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /** One statement on any connection of plinth_owner. */
  async query<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    const connection = await this.pool.take()
    try {
      return await this.watched(connection, this.timeoutMs, () => runQuery<R>(connection, text, values))
    } finally {
      this.pool.release(connection)
    }
  }

  /**
   * Several statements, all or nothing: commits when `work` resolves, rolls back when it throws. `timeoutMs` is for
   * statements that may work long, such as changes of a large table.
   */
  async transaction<T>(work: (tx: PlatformQueries) => Promise<T>, options: { readonly timeoutMs?: number } = {}): Promise<T> {
    const connection = await this.pool.take()
    const timeoutMs = options.timeoutMs ?? this.timeoutMs
    const query = <R extends object>(text: string, values: readonly unknown[] = []) =>
      this.watched(connection, timeoutMs, () => runQuery<R>(connection, text, values))
    try {
      await query('begin')
      const result = await work({ query })
      await this.watched(connection, timeoutMs, () => commit(connection))
      return result
    } catch (error) {
      // When even ROLLBACK fails, closing the connection rolls back.
      if (!connection.retired) await query('rollback').catch(() => (connection.retired = true))
      throw error
    } finally {
      this.pool.release(connection)
    }
  }

  /** A statement over its time is cancelled on the server; of one that does not answer at all the connection is cut. */
  private async watched<T>(connection: Connection, timeoutMs: number, work: () => Promise<T>): Promise<T> {
    let isOverdue = false
    const now = performance.now()
    connection.watch(now, now + timeoutMs, undefined, () => {
      isOverdue = true
      cancelRunning(connection)
    })
    try {
      return await work()
    } catch (error) {
      throw isOverdue ? postgresErrors.timeout({ cause: error, extra: { sqlstate: '57014' } }) : error
    } finally {
      connection.unwatch()
    }
  }
}

/** COMMIT of a transaction with a failed statement answers ROLLBACK: nothing was kept, so nobody may be told "done". */
async function commit(connection: Connection): Promise<void> {
  const { command } = await connection.client.query('commit').catch((error: unknown) => Promise.reject(failureOf(connection, error)))
  if (command === 'ROLLBACK') throw transactionFailed()
}

async function runQuery<R extends object>(connection: Connection, text: string, values: readonly unknown[]): Promise<R[]> {
  const { client } = connection
  try {
    const result = values.length === 0 ? await client.query(text) : await client.query(text, values as unknown[])
    // A script of several statements answers with a list; its last result counts.
    return (Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows) as R[]
  } catch (error) {
    throw failureOf(connection, error)
  }
}

/** The server says that it ends a connection before the socket closes: nobody may be given that connection in between. */
function failureOf(connection: Connection, error: unknown): Error {
  if (isServerError(error) && error.severity !== 'FATAL' && error.severity !== 'PANIC') return toDatabaseError(error, true)
  connection.retired = true
  return connectionFailure(error as Error)
}
