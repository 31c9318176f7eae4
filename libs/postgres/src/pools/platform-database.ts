// The platform's own work as plinth_owner: auth, storage metadata, settings, DDL of the console. No request's SQL and
// no request's role ever comes here.
import type pg from 'pg'
import { isServerError, toDatabaseError, transactionFailed } from '../database-error.ts'
import { connectionFailure, type ConnectionPool } from './connection-pool.ts'

/** Runs one statement; rows as objects, types as node-postgres maps them (int8 and numeric as text, timestamptz as Date). */
export interface PlatformQueries {
  /** Rejects with a DatabaseError that keeps the SQLSTATE, or with `postgres/unavailable`. */
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>
}

/** Statements of the platform itself. Throws DatabaseError and AppError like RequestDatabase. */
export class PlatformDatabase implements PlatformQueries {
  constructor(private readonly pool: ConnectionPool) {}

  /** One statement on any connection of plinth_owner. */
  async query<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    const connection = await this.pool.take()
    try {
      return await runQuery<R>(connection.client, text, values)
    } finally {
      this.pool.release(connection)
    }
  }

  /** Several statements, all or nothing: commits when `work` resolves, rolls back when it throws. */
  async transaction<T>(work: (tx: PlatformQueries) => Promise<T>): Promise<T> {
    const connection = await this.pool.take()
    const query = <R extends object>(text: string, values: readonly unknown[] = []) => runQuery<R>(connection.client, text, values)
    try {
      await query('begin')
      const result = await work({ query })
      await commit(connection.client)
      return result
    } catch (error) {
      // When even ROLLBACK fails, closing the connection rolls back.
      await query('rollback').catch(() => (connection.retired = true))
      throw error
    } finally {
      this.pool.release(connection)
    }
  }
}

/** COMMIT of a transaction with a failed statement answers ROLLBACK: nothing was kept, so nobody may be told "done". */
async function commit(client: pg.Client): Promise<void> {
  const { command } = await client.query('commit').catch((error: unknown) => Promise.reject(translate(error)))
  if (command === 'ROLLBACK') throw transactionFailed()
}

async function runQuery<R extends object>(client: pg.Client, text: string, values: readonly unknown[]): Promise<R[]> {
  try {
    const result = values.length === 0 ? await client.query(text) : await client.query(text, values as unknown[])
    // A script of several statements answers with a list; its last result counts.
    return (Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows) as R[]
  } catch (error) {
    throw translate(error)
  }
}

function translate(error: unknown): Error {
  const refused = isServerError(error) && error.severity !== 'FATAL' && error.severity !== 'PANIC'
  return refused ? toDatabaseError(error, true) : connectionFailure(error as Error)
}
