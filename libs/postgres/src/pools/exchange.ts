// One exchange with the server: an optional prologue (BEGIN; role, claims and settings, all local), one statement, and
// ONE Sync. Without BEGIN the server runs it all as one implicit transaction: one round trip, nothing left behind.
// node-postgres accepts any object with `submit` and the `handle*` methods.
import type pg from 'pg'
import { DatabaseError, isServerError, toDatabaseError } from '../database-error.ts'
import { postgresErrors } from '../postgres.errors.ts'
import { connectionFailure } from './connection-pool.ts'
import type { CancelReason, Connection, PreparedStatement, Wire } from './connection.ts'
import type { RequestContext, ResultColumn, Statement, StatementResult, TextRow } from './request-types.ts'

/** What goes before the statement: nothing, LOCAL settings, or BEGIN and LOCAL settings. */
export type Prologue = 'none' | 'settings' | 'begin'

/** Whether texts are prepared under a name, and how many per connection. */
export interface PreparePolicy {
  readonly enabled: boolean
  readonly statementsMax: number
  /** True when the text is worth preparing (it was seen before). */
  admits(text: string): boolean
}

const noColumns: readonly ResultColumn[] = []
const noRows: readonly TextRow[] = []
const settingsTexts: string[] = []

/** `begin isolation level serializable, read only` */
function beginText({ isolation, readOnly }: RequestContext): string {
  if (isolation === undefined) return readOnly ? 'begin read only' : 'begin'
  return `begin isolation level ${isolation === 'serializable' ? 'serializable' : 'repeatable read'}${readOnly ? ', read only' : ''}`
}

/** `select set_config('role',$1,true), …` for a number of further settings; the texts are few, so they are kept. */
function settingsText(further: number, readOnly: boolean): string {
  const key = further * 2 + (readOnly ? 1 : 0)
  let text = settingsTexts[key]
  if (text === undefined) {
    text = "select set_config('role',$1,true),set_config('request.jwt.claims',$2,true)"
    if (readOnly) text += ",set_config('transaction_read_only','on',true)"
    for (let i = 0; i < further; i++) text += `,set_config($${i * 2 + 3},$${i * 2 + 4},true)`
    settingsTexts[key] = text
  }
  return text
}

function settingsValues(context: RequestContext): string[] {
  const values = [context.role, context.claimsJson]
  if (context.settings !== undefined) for (const [name, value] of context.settings) values.push(name, value)
  return values
}

/**
 * Role, claims and settings of a request once more, for between the statements of several: functions and triggers may change them,
 * and no statement may leave the next one another role or other claims.
 */
export function callerAgain(context: RequestContext): Omit<Statement, 'after'> {
  return { text: settingsText(context.settings?.length ?? 0, false), values: settingsValues(context) }
}

/** One statement on its way. `settled` is called once, when the server has answered everything. */
export class Exchange {
  cancelReason: CancelReason | undefined
  /** The command tag of the statement, for example `COMMIT`. */
  tag = ''
  private skip = 0
  private isComplete = false
  private rows: TextRow[] | undefined
  private columns: readonly ResultColumn[] | undefined
  private rowCount = 0
  /** Results of the statements that follow the one in question; undefined while that one runs. */
  private after: TextRow[][] | undefined
  private prepared: PreparedStatement | undefined
  private newNames: { role: string; text: string; name: string; order: number; isStatement: boolean }[] | undefined
  private parsesBefore = 0
  private parsesSent = 0

  constructor(
    private readonly connection: Connection,
    private readonly context: RequestContext,
    private readonly statement: Statement,
    private readonly prologue: Prologue,
    private readonly policy: PreparePolicy,
    private readonly settled: (error: Error | undefined, result: StatementResult | undefined) => void,
  ) {}

  submit(driverWire: pg.Connection): void {
    const wire = driverWire as unknown as Wire
    const { context, statement } = this
    this.parsesBefore = this.connection.parsesDone
    wire.stream.cork()
    if (this.connection.abandoned.length > 0) this.closeAbandoned(wire)
    if (this.prologue !== 'none') {
      if (this.prologue === 'begin') {
        this.skip++
        this.send(wire, '', beginText(context), noValues, false)
      }
      this.skip++
      const readOnly = context.readOnly && this.prologue === 'settings'
      this.send(wire, '', settingsText(context.settings?.length ?? 0, readOnly), settingsValues(context), false)
      if (context.preamble !== undefined) {
        this.skip++
        this.send(wire, context.role, context.preamble, noValues, false)
      }
    }
    this.send(wire, context.role, statement.text, statement.values, true)
    if (statement.after !== undefined) for (const { text, values } of statement.after) this.send(wire, context.role, text, values, false)
    wire.sync()
    wire.stream.uncork()
  }

  handleRowDescription(message: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    this.columns = message.fields.map((field) => ({ name: field.name, typeOid: field.dataTypeID }))
  }

  handleDataRow(message: { fields: TextRow }): void {
    if (this.skip > 0) return
    if (this.after !== undefined) this.after.at(-1)!.push(message.fields)
    else if (this.rows === undefined) this.rows = [message.fields]
    else this.rows.push(message.fields)
  }

  handleCommandComplete(message: { text: string }): void {
    if (this.skip > 0) this.skip--
    else if (this.after !== undefined) {
      if (this.after.length < this.statement.after!.length) this.after.push([])
      else this.isComplete = true
    } else {
      this.tag = message.text
      this.rowCount = countOf(message.text)
      if (this.statement.after !== undefined && this.statement.after.length > 0) this.after = [[]]
      else this.isComplete = true
    }
  }

  handleEmptyQuery(): void {
    this.rowCount = 0
  }

  handleReadyForQuery(): void {
    const columns = this.columns ?? this.prepared?.columns ?? noColumns
    this.columns = columns
    if (this.newNames !== undefined) this.keepPrepared()
    else if (this.prepared !== undefined) this.prepared.columns = columns
    this.settled(undefined, { rows: this.rows ?? noRows, rowCount: this.rowCount, columns, after: this.after })
  }

  /** After a server error the Sync is still answered; the driver holds the next statement back until then. */
  handleError(error: Error): void {
    if (!isServerError(error)) {
      this.connection.retired = true
      return this.settled(this.cancelError(undefined) ?? connectionFailure(error), undefined)
    }
    if (error.severity === 'FATAL' || error.severity === 'PANIC') {
      this.connection.retired = true
      return this.settled(this.cancelError(error) ?? connectionFailure(error), undefined)
    }
    this.keepPrepared()
    this.settled(this.translate(error), undefined)
  }

  handlePortalSuspended(): void {
    this.rowCount = this.rows?.length ?? 0
  }

  /** COPY FROM STDIN makes no sense in a request: the server is told so, and answers with an error. */
  handleCopyInResponse(wire: pg.Connection): void {
    ;(wire as unknown as { sendCopyFail(reason: string): void }).sendCopyFail('COPY from stdin is not supported here')
  }

  handleCopyData(): void {}

  /** True when the statement failed only because a change of schema made its prepared form unusable; a retry is safe outside of a transaction block. */
  static isStalePlan(error: Error | undefined): boolean {
    return error instanceof DatabaseError && error.sqlstate === '0A000' && error.message === 'cached plan must not change result type'
  }

  private send(wire: Wire, role: string, text: string, values: readonly unknown[], isStatement: boolean): void {
    const known = this.policy.enabled ? this.connection.findPrepared(role, text) : undefined
    if (isStatement) this.prepared = known
    let name = known?.name ?? ''
    if (known === undefined) {
      if (this.policy.enabled && (role === '' || this.policy.admits(text))) {
        name = this.connection.newStatementName()
        ;(this.newNames ??= []).push({ role, text, name, order: this.parsesSent, isStatement })
        if (this.connection.preparedCount >= this.policy.statementsMax) this.connection.evictOldest()
      }
      this.parsesSent++
      wire.parse({ name, text, types: noTypes })
    }
    wire.bind({ portal: '', statement: name, values, binary: false })
    if (isStatement && known?.columns === undefined) wire.describe({ type: 'P', name: '' })
    wire.execute(wholePortal)
  }

  private closeAbandoned(wire: Wire): void {
    for (const name of this.connection.abandoned) wire.close({ type: 'S', name })
    this.connection.abandoned = []
  }

  /** A statement stays prepared when its Parse was acknowledged, even if a later step failed. */
  private keepPrepared(): void {
    if (this.newNames === undefined) return
    const acknowledged = this.connection.parsesDone - this.parsesBefore
    for (const { role, text, name, order, isStatement } of this.newNames) {
      if (order < acknowledged) this.connection.addPrepared(role, text, name, isStatement ? this.columns : undefined)
    }
    this.newNames = undefined
  }

  private translate(error: pg.DatabaseError): Error {
    if (error.code === '57014') {
      const cancelled = this.cancelError(error)
      if (cancelled !== undefined) return cancelled
      if (/statement timeout/.test(error.message)) return postgresErrors.timeout({ cause: error, extra: { sqlstate: '57014' } })
    }
    const failed = this.running()
    const translated = toDatabaseError(error, this.context.role === 'service_role', failed)
    if (Exchange.isStalePlan(translated)) {
      const { text } = failed === undefined || failed === 0 ? this.statement : this.statement.after![failed - 1]!
      this.connection.removePrepared(this.context.role, text)
    }
    return translated
  }

  /** The statement that the server is at: see {@link DatabaseError.statement}. */
  private running(): number | undefined {
    if (this.skip > 0 || this.isComplete) return undefined
    return this.after === undefined ? 0 : this.after.length
  }

  private cancelError(cause: unknown): Error | undefined {
    if (this.cancelReason === 'timeout') return postgresErrors.timeout({ cause, extra: { sqlstate: '57014' } })
    if (this.cancelReason === 'aborted') return postgresErrors.aborted({ cause, extra: { sqlstate: '57014' } })
    return undefined
  }
}

const noValues: readonly unknown[] = []
const noTypes: readonly number[] = []
const wholePortal = { portal: '', rows: 0 }

/** The number at the end of a command tag: `SELECT 3`, `INSERT 0 5`, `BEGIN` (0). */
function countOf(tag: string): number {
  const count = Number(tag.slice(tag.lastIndexOf(' ') + 1))
  return count >= 0 ? count : 0
}
