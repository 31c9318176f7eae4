// One pooled connection: the node-postgres client, what is prepared on it, and until when its statement may run.
import pg from 'pg'
import type { Recipient, ResultColumn } from './request-types.ts'

/** node-postgres's wire connection; its published types lack the third party's side of the protocol. */
export interface Wire {
  readonly stream: { cork(): void; uncork(): void; destroy(): void }
  parse(message: { name: string; text: string; types: readonly number[] }): void
  bind(message: { portal: string; statement: string; values: readonly unknown[]; binary: boolean }): void
  describe(message: { type: 'P' | 'S'; name: string }): void
  execute(message: { portal: string; rows: number }): void
  close(message: { type: 'S'; name: string }): void
  sync(): void
  on(event: 'parseComplete', listener: () => void): void
  connect(port: number, host: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
}

/** A statement that is prepared on a connection. `columns` are known after its first run that worked. */
export interface PreparedStatement {
  readonly name: string
  columns: readonly ResultColumn[] | undefined
  lastUse: number
}

/** Why the server was asked to cancel: the time is over, or nobody waits for the answer any more. */
export type CancelReason = 'timeout' | 'aborted'

/** A statement whose recipient has gone may run so long: to let it end is cheaper than to open a connection in place of this one. */
const PATIENCE_MS = 250

/** A connection of a pool, taken by one request at a time. */
export class Connection {
  /** Prepared statements by role and text: a plan under row-level security is bound to its role. */
  readonly prepared = new Map<string, Map<string, PreparedStatement>>()
  preparedCount = 0
  /** Names of statements that are forgotten here and still to be closed on the server. */
  abandoned: string[] = []
  /** Counts Parse messages that the server acknowledged. */
  parsesDone = 0
  /** Set when the connection must not be used again: it is dead, or a cancel request is on its way to it. */
  retired = false
  idleSinceMs = 0
  private sinceMs = 0
  private deadlineMs = 0
  private recipient: Recipient | undefined
  private giveUp: ((reason: CancelReason) => void) | undefined
  private nextName = 0
  private uses = 0

  constructor(readonly client: pg.Client) {
    this.wire.on('parseComplete', () => this.parsesDone++)
  }

  get wire(): Wire {
    return (this.client as unknown as { connection: Wire }).connection
  }

  /**
   * Until {@link unwatch}, `giveUp` is called once when the deadline has passed or the recipient has gone. Times are of
   * performance.now(); a deadline of 0 is none.
   */
  watch(sinceMs: number, deadlineMs: number, recipient: Recipient | undefined, giveUp: (reason: CancelReason) => void): void {
    this.sinceMs = sinceMs
    this.deadlineMs = deadlineMs
    this.recipient = recipient
    this.giveUp = giveUp
  }

  unwatch(): void {
    this.recipient = undefined
    this.giveUp = undefined
  }

  /** Looks whether what runs is to be given up. */
  look(nowMs: number): void {
    const { giveUp } = this
    if (giveUp === undefined) return
    const isOver = this.deadlineMs > 0 && this.deadlineMs <= nowMs
    const isUnheard = this.recipient?.destroyed === true && nowMs - this.sinceMs >= PATIENCE_MS
    if (!isOver && !isUnheard) return
    this.unwatch()
    giveUp(isUnheard ? 'aborted' : 'timeout')
  }

  findPrepared(role: string, text: string): PreparedStatement | undefined {
    const statement = this.prepared.get(role)?.get(text)
    if (statement !== undefined) statement.lastUse = ++this.uses
    return statement
  }

  newStatementName(): string {
    return `s${++this.nextName}`
  }

  addPrepared(role: string, text: string, name: string, columns: readonly ResultColumn[] | undefined): void {
    let ofRole = this.prepared.get(role)
    if (ofRole === undefined) this.prepared.set(role, (ofRole = new Map()))
    ofRole.set(text, { name, columns, lastUse: ++this.uses })
    this.preparedCount++
  }

  /** Forgets a statement; the next exchange closes it on the server. */
  removePrepared(role: string, text: string): void {
    const ofRole = this.prepared.get(role)
    const statement = ofRole?.get(text)
    if (ofRole === undefined || statement === undefined) return
    ofRole.delete(text)
    if (ofRole.size === 0) this.prepared.delete(role)
    this.preparedCount--
    this.abandoned.push(statement.name)
  }

  /** Forgets the statement that was not used for the longest time. */
  evictOldest(): void {
    let oldest: { role: string; text: string; lastUse: number } | undefined
    for (const [role, ofRole] of this.prepared) {
      for (const [text, statement] of ofRole) {
        if (oldest === undefined || statement.lastUse < oldest.lastUse) oldest = { role, text, lastUse: statement.lastUse }
      }
    }
    if (oldest !== undefined) this.removePrepared(oldest.role, oldest.text)
  }
}
