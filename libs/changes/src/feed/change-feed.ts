// The one reader of the slot: keeps it streaming through failures of the database, gives every change its cursor, and
// hands each one to the listeners exactly once per process, in commit order.
import { randomUUID } from 'node:crypto'
import type { Logger } from '#libs/kernel'
import { changesErrors } from '../changes.errors.ts'
import { Confirmations } from './confirmations.ts'
import { comparePositions, formatCursor, formatLsn, parseCursor, type FeedPosition } from './cursor.ts'
import { ReplayBuffer } from './replay-buffer.ts'
import { ReplicationConnection } from './replication-connection.ts'
import { ensurePublication, ensureSlot, type QueryRunner, type ReplicationSlot } from './replication-slot.ts'
import { readLagSql } from './replication-slot.sql.ts'
import type { ChangedRelation, RowChange } from './row-change.ts'
import { TransactionDecoder, type DecodedEvent } from './transaction-decoder.ts'

/** How the feed connects and how much it keeps. */
export interface ChangeFeedOptions {
  /** Login with REPLICATION, past any pooler. */
  readonly replicationUrl: string
  /** Changes kept in memory for clients that come back. Default 16 MB. */
  readonly replayBytesMax?: number
  /** For how long the WAL keeps what was delivered. Default 5 minutes. */
  readonly retentionMs?: number
  /** How much WAL may be kept for that. Default 256 MB. */
  readonly retentionBytesMax?: number
}

/** State of the feed, for health and metrics. */
export interface ChangeFeedStatus {
  readonly connected: boolean
  readonly slot: string | null
  readonly epoch: string | null
  /** WAL that was written but not received yet; null when not known. */
  readonly lagBytes: number | null
  /** WAL that the slot holds back on the server's disk; null when not known. */
  readonly retainedBytes: number | null
  readonly lastCommitAt: Date | null
  readonly replayBytes: number
  readonly changes: number
  readonly reconnects: number
  /** Why it is not connected. */
  readonly error?: string
}

/** What to do with a client's cursor. */
export type Replay =
  | { readonly kind: 'changes'; readonly changes: readonly RowChange[] }
  | { readonly kind: 'resync'; readonly reason: 'gap' | 'epoch_changed' }

const defaults = { replayBytesMax: 16 * 1024 * 1024, retentionMs: 300_000, retentionBytesMax: 256 * 1024 * 1024 }
const lagEveryMs = 10_000
const markPrefix = 'plinth.mark'
const ddlPrefix = 'plinth.ddl'

/** The ordered feed of all committed changes. Its positions are cursors `epoch:commit_lsn:seq`. */
export class ChangeFeed {
  private readonly options: Required<ChangeFeedOptions>
  private slot: ReplicationSlot | undefined
  private connection: ReplicationConnection | undefined
  private buffer: ReplayBuffer | undefined
  private confirmations: Confirmations | undefined
  private last: FeedPosition = { lsn: 0n, seq: -1 }
  private resumeLsn = 0n
  private receivedLsn = 0n
  private lastCommitMs: number | null = null
  private changes = 0
  private reconnects = 0
  private failure: Error | undefined
  private stopping = false
  private running: Promise<void> | undefined
  private wake: () => void = () => undefined
  private lag: { lagBytes: number; retainedBytes: number } | undefined
  private caught = gate()
  private readonly marks = new Map<string, () => void>()
  private readonly changeListeners = new Set<(change: RowChange) => void>()
  private readonly ddlListeners = new Set<() => void>()
  private readonly relationListeners = new Set<(relation: ChangedRelation) => void>()
  private readonly resetListeners = new Set<() => void>()

  constructor(
    options: ChangeFeedOptions,
    /** Queries as the platform's owner: makes the publication, writes catch-up marks. */
    private readonly owner: QueryRunner,
    private readonly log: Logger,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.options = {
      replicationUrl: options.replicationUrl,
      replayBytesMax: options.replayBytesMax ?? defaults.replayBytesMax,
      retentionMs: options.retentionMs ?? defaults.retentionMs,
      retentionBytesMax: options.retentionBytesMax ?? defaults.retentionBytesMax,
    }
  }

  /** Begins reading and returns at once; while the database is away it tries again, at most every 5 s. */
  start(): void {
    this.running ??= this.run()
  }

  /** Ends the connection; the slot stays and keeps the WAL for the next start. */
  async stop(): Promise<void> {
    this.stopping = true
    this.wake()
    await this.connection?.close()
    await this.running
    this.caught.close()
  }

  /** Calls `listener` with every change, in commit order. Returns the way to stop. */
  onChange(listener: (change: RowChange) => void): () => void {
    return add(this.changeListeners, listener)
  }

  /** Calls `listener` when a transaction with DDL has committed (logical message `plinth.ddl`). */
  onDdl(listener: () => void): () => void {
    return add(this.ddlListeners, listener)
  }

  /** Calls `listener` when the log describes a table anew: before its first change and after an ALTER. */
  onRelation(listener: (relation: ChangedRelation) => void): () => void {
    return add(this.relationListeners, listener)
  }

  /** Calls `listener` when continuity was lost and a new epoch began. */
  onReset(listener: () => void): () => void {
    return add(this.resetListeners, listener)
  }

  /** The position up to which everything was handed to the listeners. */
  get cursor(): string {
    return formatCursor(this.slot?.epoch ?? 'none', this.last)
  }

  /** Resolves when the feed is connected and has passed everything that was committed before it connected; else throws `changes/unavailable`. */
  async ready(timeoutMs: number): Promise<void> {
    if (await this.caught.wait(timeoutMs)) return
    throw changesErrors.unavailable({ detail: this.failure?.message, cause: this.failure })
  }

  /** What a client with this cursor has missed. */
  replayAfter(cursor: string): Replay {
    const parsed = parseCursor(cursor)
    if (parsed === undefined || this.slot === undefined || parsed.epoch !== this.slot.epoch)
      return { kind: 'resync', reason: 'epoch_changed' }
    // A position in the future is of another history, for example of a database that was restored from a backup.
    const known = comparePositions(parsed.position, this.last) <= 0
    const changes = known ? this.buffer?.after(parsed.position) : undefined
    return changes === undefined ? { kind: 'resync', reason: 'gap' } : { kind: 'changes', changes }
  }

  /** Asks the server how far behind the feed is, and how much WAL the slot holds; {@link ChangeFeed.status} shows the answer. */
  async measureLag(): Promise<void> {
    if (this.slot === undefined) return
    const rows = await this.owner.query<{ lagBytes: number; retainedBytes: number }>(readLagSql, [
      this.slot.name,
      formatLsn(this.receivedLsn),
    ])
    this.lag = rows[0] === undefined ? undefined : { lagBytes: Math.max(0, rows[0].lagBytes), retainedBytes: rows[0].retainedBytes }
  }

  /** The feed's state. */
  status(): ChangeFeedStatus {
    return {
      connected: this.caught.open,
      slot: this.slot?.name ?? null,
      epoch: this.slot?.epoch ?? null,
      lagBytes: this.lag?.lagBytes ?? null,
      retainedBytes: this.lag?.retainedBytes ?? null,
      lastCommitAt: this.lastCommitMs === null ? null : new Date(this.lastCommitMs),
      replayBytes: this.buffer?.bytes ?? 0,
      changes: this.changes,
      reconnects: this.reconnects,
      ...(this.failure === undefined ? {} : { error: this.failure.message }),
    }
  }

  private async run(): Promise<void> {
    let waitMs = 100
    const measuring = setInterval(() => void this.measureLag().catch(() => (this.lag = undefined)), lagEveryMs)
    measuring.unref()
    while (!this.stopping) {
      const startedMs = this.nowMs()
      try {
        await this.prepare()
        this.failure = await this.stream()
      } catch (error) {
        this.failure = error as Error
      }
      this.caught.close()
      if (this.stopping) break
      if (this.nowMs() - startedMs > 10_000) waitMs = 100
      this.log.warn({ reason: this.failure?.message, waitMs }, 'the change feed lost its connection and connects again')
      await this.sleep(waitMs)
      waitMs = Math.min(5_000, waitMs * 2)
      this.reconnects++
    }
    clearInterval(measuring)
  }

  private async prepare(): Promise<void> {
    await ensurePublication(this.owner)
    const slot = await ensureSlot(this.options.replicationUrl)
    if (slot.epoch === this.slot?.epoch) return
    const reset = this.slot !== undefined
    this.slot = slot
    this.last = { lsn: slot.confirmedLsn, seq: -1 }
    this.resumeLsn = slot.confirmedLsn
    this.receivedLsn = slot.confirmedLsn
    this.buffer = new ReplayBuffer(this.options.replayBytesMax, this.options.retentionMs, this.last)
    this.confirmations = new Confirmations(slot.confirmedLsn, this.options.retentionMs, this.options.retentionBytesMax)
    if (reset) {
      this.log.warn({ slot: slot.name }, 'the replication slot was lost and made anew: clients are told to read again')
      for (const listener of this.resetListeners) listener()
    }
  }

  private async stream(): Promise<Error | undefined> {
    if (this.stopping) return undefined
    const decoder = new TransactionDecoder(this.slot!.epoch, this.last, (event) => this.handle(event))
    const connection = new ReplicationConnection({
      url: this.options.replicationUrl,
      slotName: this.slot!.name,
      startLsn: this.resumeLsn,
      confirmations: this.confirmations!,
      onMessage: (message) => decoder.accept(message),
      nowMs: this.nowMs,
    })
    this.connection = connection
    const streaming = await Promise.race([connection.started.then(() => true), connection.ended.then(() => false)])
    if (streaming) {
      this.failure = undefined
      await this.markCaughtUp(connection)
    }
    return connection.ended
  }

  /** A mark written now arrives behind everything committed until now: then the feed is up to date. */
  private async markCaughtUp(connection: ReplicationConnection): Promise<void> {
    const id = randomUUID()
    const arrived = new Promise<void>((resolve) => this.marks.set(id, resolve))
    try {
      await this.owner.query('SELECT pg_logical_emit_message(true, $1, $2)', [markPrefix, id])
      const live = await Promise.race([arrived.then(() => true), connection.ended.then(() => false)])
      if (live) this.caught.unlock()
    } catch (error) {
      await connection.close()
      throw error
    } finally {
      this.marks.delete(id)
    }
  }

  private handle(event: DecodedEvent): void {
    switch (event.kind) {
      case 'change':
        this.last = event.change.position
        this.changes++
        this.buffer!.push(event.change, this.nowMs())
        for (const listener of this.changeListeners) this.call(listener, event.change)
        return
      case 'relation':
        for (const listener of this.relationListeners) this.call(listener, event.relation)
        return
      case 'message':
        if (event.message.prefix === ddlPrefix) for (const listener of this.ddlListeners) this.call(listener, undefined)
        if (event.message.prefix === markPrefix) this.marks.get(new TextDecoder().decode(event.message.content))?.()
        return
      case 'commit':
        if (comparePositions(event.position, this.last) > 0) this.last = event.position
        this.resumeLsn = event.endLsn
        this.receivedLsn = event.endLsn
        this.lastCommitMs = event.commitTimeMs
    }
  }

  /** One listener's fault must not stop the others, nor the feed. */
  private call<T>(listener: (value: T) => void, value: T): void {
    try {
      listener(value)
    } catch (error) {
      this.log.error({ err: error }, 'a listener of the change feed failed')
    }
  }

  private async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      timer.unref()
      this.wake = () => (clearTimeout(timer), resolve())
    })
  }
}

function add<T>(set: Set<T>, item: T): () => void {
  set.add(item)
  return () => void set.delete(item)
}

/** Something to wait for that can open and close again. */
function gate() {
  let opened = false
  let waiting: (() => void)[] = []
  return {
    get open() {
      return opened
    },
    unlock() {
      opened = true
      for (const resolve of waiting) resolve()
      waiting = []
    },
    close() {
      opened = false
    },
    async wait(timeoutMs: number): Promise<boolean> {
      if (opened) return true
      let timer: NodeJS.Timeout | undefined
      const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))
      await Promise.race([new Promise<void>((resolve) => waiting.push(resolve)), timeout])
      clearTimeout(timer)
      return opened
    },
  }
}
