// Connections for the owner's own scripts. Each script gets a new one that is closed after it: whatever it leaves behind
// (settings, temporary tables, an open transaction, advisory locks) ends with it and reaches nobody else.
import { Inject, Injectable } from '@nestjs/common'
import pg from 'pg'
import { limitMessages } from '#libs/postgres'
import { consoleErrors } from '../console.errors.ts'
import { CONSOLE_OPTIONS, type ConsoleOptions } from '../console.options.ts'
import { ScriptQuery, type KeepLimits, type WireResult } from './script-query.ts'
import { asScriptError } from './script-error.ts'

/** As which login a script runs. Roles have logins of their own, because SET ROLE is checked against the login. */
export type SqlLogin = keyof ConsoleOptions['databaseUrls']

/** Limits and the way to stop a script. */
export interface SqlSessionOptions {
  readonly timeoutMs: number
  /** Aborted when the caller has gone away. */
  readonly signal?: AbortSignal
  readonly keep: KeepLimits
}

/** One connection at work. */
export interface SqlSession {
  readonly notices: readonly string[]
  /** Tags of everything that ran, for example `CREATE TABLE`. */
  readonly tags: ReadonlySet<string>
  /** Runs a script of the owner's (errors keep its positions), or one statement with parameters. */
  run(text: string, values?: readonly unknown[]): Promise<WireResult>
  /** A statement of our own. */
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
  isInTransaction(): boolean
}

const noticesMax = 200
/** A larger row stops the script: it could not be shown, and Node cannot hold it as text. */
const valueBytesMax = 128 * 1024 * 1024
/** How long a cancelled statement may take to end before its connection is cut. */
const cancelGraceMs = 3_000

/** Opens the connections and bounds their number. */
@Injectable()
export class SqlConnections {
  private open = 0

  constructor(@Inject(CONSOLE_OPTIONS) private readonly options: ConsoleOptions) {}

  /** Connects, works, disconnects. An open transaction is rolled back by the disconnect. */
  async use<T>(login: SqlLogin, options: SqlSessionOptions, work: (session: SqlSession) => Promise<T>): Promise<T> {
    if (this.open >= (this.options.sqlConnectionsMax ?? 8)) throw consoleErrors.sql_busy()
    this.open++
    try {
      const client = await this.connect(login)
      const stop = new StopSwitch(client, () => this.connect(login), options)
      try {
        return await work(new ClientSession(client, options.keep))
      } catch (error) {
        throw stop.reason ?? error
      } finally {
        stop.disarm()
        await client.end().catch(() => undefined)
      }
    } finally {
      this.open--
    }
  }

  private async connect(login: SqlLogin): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.options.databaseUrls[login],
      application_name: 'plinth console',
      connectionTimeoutMillis: 5_000,
    })
    // Without a listener a connection that breaks would end the process.
    client.on('error', () => undefined)
    try {
      await client.connect()
    } catch (cause) {
      throw consoleErrors.database_unavailable({ cause })
    }
    limitMessages(client, valueBytesMax)
    return client
  }
}

class ClientSession implements SqlSession {
  readonly notices: string[] = []
  readonly tags = new Set<string>()
  /** Rejects when the connection ends: a script's own promise would wait for ever. */
  private readonly broken: Promise<never>

  constructor(
    private readonly client: pg.Client,
    private readonly keep: KeepLimits,
  ) {
    this.broken = new Promise((_resolve, reject) => client.once('end', () => reject(consoleErrors.database_unavailable())))
    this.broken.catch(() => undefined)
    client.on('notice', (notice) => {
      if (this.notices.length < noticesMax) this.notices.push(`${notice.severity ?? 'NOTICE'}: ${notice.message ?? ''}`)
    })
  }

  async run(text: string, values?: readonly unknown[]): Promise<WireResult> {
    const script = new ScriptQuery(text, values, this.keep)
    this.client.query(script)
    try {
      return await Promise.race([script.done, this.broken])
    } catch (error) {
      throw asScriptError(error, text)
    } finally {
      for (const tag of script.tags) this.tags.add(tag)
    }
  }

  async query(text: string, values: unknown[] = []): Promise<{ rows: Record<string, unknown>[] }> {
    try {
      return await this.client.query<Record<string, unknown>>(text, values)
    } catch (error) {
      throw error instanceof pg.DatabaseError ? error : consoleErrors.database_unavailable({ cause: error })
    }
  }

  isInTransaction(): boolean {
    return this.client.getTransactionStatus() !== 'I'
  }
}

/** Stops what runs when its time is over or its caller has gone. Cancels first, so that Postgres cleans up; then cuts. */
class StopSwitch {
  reason: Error | undefined
  private readonly timer: NodeJS.Timeout
  private cutTimer: NodeJS.Timeout | undefined

  constructor(
    private readonly client: pg.Client,
    private readonly connect: () => Promise<pg.Client>,
    private readonly options: SqlSessionOptions,
  ) {
    this.timer = setTimeout(
      () => this.stop(consoleErrors.sql_timeout({ params: { seconds: options.timeoutMs / 1000 }, extra: { sqlstate: '57014' } })),
      options.timeoutMs,
    )
    options.signal?.addEventListener('abort', this.onAbort)
    if (options.signal?.aborted === true) this.onAbort()
  }

  disarm(): void {
    clearTimeout(this.timer)
    clearTimeout(this.cutTimer)
    this.options.signal?.removeEventListener('abort', this.onAbort)
  }

  private readonly onAbort = (): void => this.stop(consoleErrors.sql_cancelled())

  private stop(reason: Error): void {
    if (this.reason !== undefined) return
    this.reason = reason
    this.cutTimer = setTimeout(() => this.cut(), cancelGraceMs)
    this.cancel().catch(() => this.cut())
  }

  private async cancel(): Promise<void> {
    const { processID } = this.client as pg.Client & { processID: number }
    const helper = await this.connect()
    try {
      await helper.query('select pg_catalog.pg_cancel_backend($1)', [processID])
    } finally {
      await helper.end()
    }
  }

  private cut(): void {
    const { connection } = this.client as pg.Client & { connection: { stream: { destroy(): void } } }
    connection.stream.destroy()
  }
}
