// Requests of users: each runs under its role and claims, in one transaction, on a login that may take that role and
// no more. service_role has a login and a pool of its own.
import { AppError } from '#libs/kernel'
import { DatabaseError, transactionFailed } from '../database-error.ts'
import { postgresErrors } from '../postgres.errors.ts'
import { cancelRunning } from './cancel.ts'
import type { ConnectionPool, ConnectionWaiter } from './connection-pool.ts'
import type { CancelReason, Connection } from './connection.ts'
import { Exchange, type PreparePolicy, type Prologue } from './exchange.ts'
import type { RequestContext, Statement, StatementResult } from './request-types.ts'

/** Options of a {@link RequestDatabase}. */
export interface RequestDatabaseOptions {
  /** Pool of plinth_api: anon, authenticated and the owner's own roles. */
  readonly api: ConnectionPool
  /** Pool of plinth_service: service_role only. */
  readonly service: ConnectionPool
  /** Time limit when the context has none; 0 = none. */
  readonly timeoutMs: number
  /** Named prepared statements; off behind a transaction pooler that does not know them (PgBouncer < 1.21). */
  readonly preparedStatements: boolean
  /** Prepared statements kept per connection. */
  readonly preparedStatementsMax?: number
}

/** Several statements of one explicit transaction, one after the other. */
export interface RequestTransaction {
  /** Rejects as {@link RequestDatabase.run} does; Postgres then refuses the statements that follow (SQLSTATE 25P02). */
  run(statement: Statement): Promise<StatementResult>
  /** The transaction will end with ROLLBACK although the work succeeds (`Prefer: tx=rollback`). */
  setRollbackOnly(): void
}

const PREPARED_MAX = 200
const TEXT_CHARS_MAX = 64 * 1024

/** Runs statements of requests. Throws DatabaseError when Postgres refuses, AppError `postgres/…` when it cannot be asked. */
export class RequestDatabase {
  private readonly policy: PreparePolicy

  constructor(private readonly options: RequestDatabaseOptions) {
    this.policy = new AdmitOnSecondUse(options.preparedStatements, options.preparedStatementsMax ?? PREPARED_MAX)
  }

  /**
   * One statement in one implicit transaction and one round trip: role, claims and settings are set locally, the
   * statement runs, one Sync commits. Afterwards the connection is back to its login.
   */
  run(context: RequestContext, statement: Statement): Promise<StatementResult> {
    return new Promise((resolve, reject) => {
      const refusal = refuseContext(context)
      if (refusal !== undefined) return reject(refusal)
      const pool = this.poolFor(context.role)
      pool.acquire(new SingleRun(pool, context, statement, this.policy, context.timeoutMs ?? this.options.timeoutMs, resolve, reject))
    })
  }

  /**
   * Several statements in one transaction. It commits when `work` resolves and rolls back when it throws; a statement
   * that failed inside without being thrown on makes the whole transaction fail (SQLSTATE 25P02).
   */
  async transaction<T>(context: RequestContext, work: (tx: RequestTransaction) => Promise<T>): Promise<T> {
    const refusal = refuseContext(context)
    if (refusal !== undefined) throw refusal
    const pool = this.poolFor(context.role)
    const transaction = new OpenTransaction(pool, await pool.take(), context, this.policy, context.timeoutMs ?? this.options.timeoutMs)
    let result: T
    try {
      result = await work(transaction)
    } catch (error) {
      await transaction.rollback()
      throw error
    }
    await transaction.finish()
    return result
  }

  private poolFor(role: string): ConnectionPool {
    return role === 'service_role' ? this.options.service : this.options.api
  }
}

/** `none` and the empty name are words of SET ROLE that mean "the login itself", which no request may be. */
function refuseContext(context: RequestContext): Error | undefined {
  if (context.role === 'none' || context.role === '') {
    return new DatabaseError({ sqlstate: '22023', message: `role "${context.role}" does not exist` })
  }
  return context.recipient?.destroyed ? postgresErrors.aborted() : undefined
}

/** Texts are prepared when they are seen again, so that a stream of ever new ones evicts nothing. */
class AdmitOnSecondUse implements PreparePolicy {
  private seen = new Set<string>()

  constructor(
    readonly enabled: boolean,
    readonly statementsMax: number,
  ) {}

  admits(text: string): boolean {
    if (text.length > TEXT_CHARS_MAX) return false
    if (this.seen.has(text)) return true
    if (this.seen.size >= 1000) this.seen = new Set()
    this.seen.add(text)
    return false
  }
}

/** The hot path: waits for a connection, runs one exchange, gives the connection back. */
class SingleRun implements ConnectionWaiter {
  private connection: Connection | undefined
  private exchange: Exchange | undefined
  private retried = false

  constructor(
    private readonly pool: ConnectionPool,
    private readonly context: RequestContext,
    private readonly statement: Statement,
    private readonly policy: PreparePolicy,
    private readonly timeoutMs: number,
    private readonly resolve: (result: StatementResult) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  useConnection(connection: Connection): void {
    const { recipient } = this.context
    if (recipient?.destroyed) {
      this.pool.release(connection)
      return this.reject(postgresErrors.aborted())
    }
    this.connection = connection
    this.exchange = new Exchange(connection, this.context, this.statement, 'settings', this.policy, (error, result) =>
      this.settle(error, result),
    )
    if (this.timeoutMs > 0 || recipient !== undefined) {
      const now = performance.now()
      connection.watch(now, this.timeoutMs > 0 ? now + this.timeoutMs : 0, recipient, (reason) => this.cancel(reason))
    }
    connection.client.query(this.exchange)
  }

  failWithoutConnection(error: Error): void {
    this.reject(error)
  }

  private settle(error: Error | undefined, result: StatementResult | undefined): void {
    const connection = this.connection!
    this.connection = undefined
    if (error !== undefined && !this.retried && Exchange.isStalePlan(error)) {
      this.retried = true
      return this.useConnection(connection)
    }
    this.pool.release(connection)
    if (error !== undefined) this.reject(error)
    else this.resolve(result!)
  }

  private cancel(reason: CancelReason): void {
    if (this.connection === undefined || this.exchange === undefined) return
    this.exchange.cancelReason = reason
    cancelRunning(this.connection)
  }
}

const commit: Statement = { text: 'commit', values: [] }
const rollback: Statement = { text: 'rollback', values: [] }

/** An explicit transaction on one connection. BEGIN, role and claims travel with its first statement. */
class OpenTransaction implements RequestTransaction {
  private begun = false
  private ended = false
  private rollbackOnly = false
  private expired = false
  private tail: Promise<unknown> = Promise.resolve()
  private readonly deadlineMs: number

  constructor(
    private readonly pool: ConnectionPool,
    private readonly connection: Connection,
    private readonly context: RequestContext,
    private readonly policy: PreparePolicy,
    timeoutMs: number,
  ) {
    this.deadlineMs = timeoutMs > 0 ? performance.now() + timeoutMs : 0
  }

  run(statement: Statement): Promise<StatementResult> {
    const next = this.tail.then(() => this.runNext(statement))
    this.tail = next.catch(() => undefined)
    return next
  }

  setRollbackOnly(): void {
    this.rollbackOnly = true
  }

  /** Ends the transaction as the work wished. Throws when it could not be committed. */
  async finish(): Promise<void> {
    await this.tail
    if (this.rollbackOnly) return this.rollback()
    try {
      if (!this.begun) return
      const { tag } = await this.exchange(commit, 'none')
      // COMMIT of a transaction with a failed statement answers ROLLBACK: nothing was kept, so nobody may be told "done".
      if (tag === 'ROLLBACK') throw transactionFailed()
    } finally {
      this.end()
    }
  }

  async rollback(): Promise<void> {
    await this.tail
    if (this.ended) return
    try {
      if (this.begun && !this.connection.retired) await this.exchange(rollback, 'none')
    } catch {
      // A connection that cannot roll back is closed, which rolls back.
      this.connection.retired = true
    } finally {
      this.end()
    }
  }

  private async runNext(statement: Statement): Promise<StatementResult> {
    if (this.ended) throw new Error('the transaction has ended')
    if (this.context.recipient?.destroyed) throw postgresErrors.aborted()
    if (this.expired || (this.deadlineMs > 0 && performance.now() > this.deadlineMs))
      throw postgresErrors.timeout({ extra: { sqlstate: '57014' } })
    const prologue = this.begun ? 'none' : 'begin'
    this.begun = true
    return this.exchange(statement, prologue)
  }

  private exchange(statement: Statement, prologue: Prologue): Promise<StatementResult & { tag: string }> {
    const { connection, context } = this
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(connection, context, statement, prologue, this.policy, (error, result) => {
        connection.unwatch()
        if (error === undefined) return resolve({ ...result!, tag: exchange.tag })
        if (error instanceof AppError) connection.retired = true
        reject(error)
      })
      connection.watch(performance.now(), this.deadlineMs, context.recipient, (reason) => {
        exchange.cancelReason = reason
        this.expired = true
        cancelRunning(connection)
      })
      connection.client.query(exchange)
    })
  }

  private end(): void {
    if (this.ended) return
    this.ended = true
    this.pool.release(this.connection)
  }
}
