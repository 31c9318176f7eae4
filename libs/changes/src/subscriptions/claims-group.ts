// Subscribers with equal role and claims see the same, so each change is judged once for all of them. A group works at
// its own pace through a bounded queue: a slow policy of one group delays no other.
import { formatCursor, formatPartialCursor, comparePositions, parseCursor } from '../feed/cursor.ts'
import type { RowChange, RowText } from '../feed/row-change.ts'
import { JudgementUnavailable, type Viewer } from '../visibility/row-judge.ts'
import { hasSameShape, type TableFacts } from '../visibility/table-facts.ts'
import type { PreparedBinding, ResyncReason, Subscriber } from './change-subscription.ts'
import type { SubscriptionContext } from './subscription-context.ts'
import { transitionOf, type Membership, type VisibleType } from './transition.ts'

const batchChangesMax = 200
const batchBytesMax = 1024 * 1024
const attemptsMax = 3
const breathMs = 100
/** Order in which the parts of one change are told when bindings of one channel see it differently. */
const typeOrder: readonly VisibleType[] = ['delete', 'update', 'insert']

interface Judged {
  readonly change: RowChange
  readonly facts: TableFacts
  readonly visible: Membership
}

/** The subscribers of one role and claims, and what waits to be judged for them. */
export class ClaimsGroup {
  readonly subscribers = new Set<Subscriber>()
  private queue: RowChange[] = []
  private queuedBytes = 0
  private working = false
  private closed = false
  /** Too much came in: everything is dropped until the group has taken a breath, so that a burst costs one `resync`. */
  private skipping = false
  private readonly fingerprints = new Map<string, string>()

  constructor(
    readonly viewer: Viewer,
    private readonly context: SubscriptionContext,
    /** Called when everything that was queued has been delivered. */
    private readonly onDrained: (group: ClaimsGroup) => void = () => undefined,
    /** A held group only collects, until {@link ClaimsGroup.release}. */
    private held = false,
  ) {}

  /** Whether everything that came in has been delivered. */
  get isIdle(): boolean {
    return this.queue.length === 0 && !this.working && !this.held
  }

  /** Whether a subscriber may be concerned: the equality filters, before any right is looked at. */
  wants(change: RowChange): boolean {
    const tableId = change.relation.tableId
    for (const subscriber of this.subscribers) {
      for (const binding of subscriber.bindings) if (binding.tableId === tableId && mayMatch(binding, change)) return true
    }
    return false
  }

  /** Queues a change; too many waiting ones are dropped and the subscribers told to read again. */
  push(change: RowChange): void {
    if (this.closed || this.skipping) return
    this.queue.push(change)
    this.queuedBytes += change.bytes
    const { queueChangesMax, queueBytesMax } = this.context.limits
    if (this.queue.length > queueChangesMax || this.queuedBytes > queueBytesMax) this.overflow()
    else this.work()
  }

  /** Puts what a returning client has missed into the queue, at once and outside the queue's limits (the replay buffer has its own). */
  replay(changes: readonly RowChange[]): void {
    this.queue = changes.filter((change) => this.wants(change))
    this.queuedBytes = 0
  }

  /** Lets a held group begin. */
  release(): void {
    this.held = false
    this.work()
  }

  /** Starts on the queue when nobody is at it. */
  work(): void {
    if (this.working || this.closed || this.held) return
    this.working = true
    void this.drain().finally(() => {
      this.working = false
      if (this.closed) return
      if (this.queue.length > 0 || this.skipping) this.work()
      else this.onDrained(this)
    })
  }

  /** Tells every subscriber (of one table, when given) to read again, and goes on from the feed's position. */
  resync(reason: ResyncReason, tableId?: string): void {
    const cursor = this.context.feed.cursor
    for (const subscriber of this.subscribers) {
      if (tableId !== undefined && !subscriber.bindings.some((binding) => binding.tableId === tableId)) continue
      subscriber.sink.resync(reason, cursor)
    }
  }

  /** Drops what waits, tells every subscriber, and starts anew at the feed's position. */
  restart(reason: ResyncReason): void {
    this.queue = []
    this.queuedBytes = 0
    const position = parseCursor(this.context.feed.cursor)!.position
    for (const subscriber of this.subscribers) subscriber.after = position
    this.resync(reason)
  }

  /** Looks at the rights again: a subscriber that lost its table is closed, one whose rights changed is told to read again. */
  async recheck(): Promise<void> {
    for (const tableId of new Set([...this.subscribers].flatMap((subscriber) => subscriber.bindings.map((binding) => binding.tableId)))) {
      await this.factsOf(tableId)
    }
  }

  /** Ends the group; nothing is delivered any more. */
  close(): void {
    this.closed = true
    this.queue = []
  }

  /** Notes the rights under which a subscriber was admitted. */
  admit(tableId: string, facts: TableFacts): void {
    if (!this.fingerprints.has(tableId)) this.fingerprints.set(tableId, facts.fingerprint)
  }

  /** Passes on under which rights its subscribers were admitted, so that a later change of rights is noticed. */
  handOver(group: ClaimsGroup): void {
    for (const [tableId, fingerprint] of this.fingerprints)
      if (!group.fingerprints.has(tableId)) group.fingerprints.set(tableId, fingerprint)
  }

  private overflow(): void {
    this.context.counters.overflows++
    this.queue = []
    this.queuedBytes = 0
    this.skipping = true
    this.work()
  }

  private async recover(): Promise<void> {
    await this.context.pause(breathMs)
    this.skipping = false
    this.restart('overflow')
  }

  private async drain(): Promise<void> {
    let attempts = 0
    while ((this.queue.length > 0 || this.skipping) && !this.closed) {
      if (this.skipping) {
        await this.recover()
        continue
      }
      const batch = this.nextBatch()
      try {
        const judged = await this.judge(batch)
        if (this.queue[0] !== batch[0]) continue
        for (const item of judged) await this.deliver(item)
        this.forgetBatch(batch)
        attempts = 0
      } catch (error) {
        attempts++
        const away = isAway(error)
        if (!away && attempts >= attemptsMax) {
          this.context.log.warn(
            { err: error, role: this.viewer.role },
            'changes could not be judged; their subscribers are told to read again',
          )
          this.overflow()
          attempts = 0
        } else await this.context.pause(Math.min(2_000, 50 * 2 ** attempts))
      }
    }
  }

  private nextBatch(): RowChange[] {
    let bytes = 0
    let count = 0
    for (const change of this.queue) {
      bytes += change.bytes
      if (count > 0 && (count >= batchChangesMax || bytes > batchBytesMax)) break
      count++
    }
    return this.queue.slice(0, count)
  }

  /** The queue may have been restarted while the batch was delivered: then there is nothing to take off. */
  private forgetBatch(batch: readonly RowChange[]): void {
    if (this.queue[0] !== batch[0]) return
    this.queue = this.queue.slice(batch.length)
    for (const change of batch) this.queuedBytes = Math.max(0, this.queuedBytes - change.bytes)
  }

  private async judge(batch: readonly RowChange[]): Promise<Judged[]> {
    const byTable = new Map<string, RowChange[]>()
    for (const change of batch) {
      const tableId = change.relation.tableId
      byTable.set(tableId, [...(byTable.get(tableId) ?? []), change])
    }
    const judged = await Promise.all([...byTable].map(([tableId, changes]) => this.judgeTable(tableId, changes)))
    return judged.flat().sort((a, b) => comparePositions(a.change.position, b.change.position))
  }

  private async judgeTable(tableId: string, changes: readonly RowChange[]): Promise<Judged[]> {
    let facts = await this.factsOf(tableId)
    if (facts === undefined) return []
    if (changes.some((change) => change.type !== 'truncate' && !hasSameShape(facts!, change.relation))) {
      this.context.facts.forget()
      facts = await this.factsOf(tableId)
      if (facts === undefined) return []
    }
    const rows: { row: RowText; relation: RowChange['relation']; answer?: boolean }[] = []
    const plans = changes.map((change) => {
      if (change.type === 'truncate') return { change, truncated: true }
      if (!hasSameShape(facts, change.relation)) return { change, strange: true }
      const add = (row: RowText | null) => (row === null ? undefined : rows[rows.push({ row, relation: change.relation }) - 1])
      return { change, after: add(change.new), before: add(change.old) }
    })
    const first = rows[0]
    if (first !== undefined) {
      const answers = await this.context.judge.judge(
        this.viewer,
        facts,
        first.relation,
        rows.map(({ row }) => row),
      )
      for (const [at, answer] of answers.entries()) rows[at]!.answer = answer
    }
    // Rows of a table that looks different now, or none at all after TRUNCATE: nothing can be told but that something happened.
    if (plans.some((plan) => plan.strange === true || plan.truncated === true)) this.resync('gap', tableId)
    return plans
      .filter((plan) => plan.strange !== true && plan.truncated !== true)
      .map(({ change, after, before }) => ({
        change,
        facts,
        visible: {
          after: change.new === null ? false : after?.answer,
          before: change.type === 'insert' ? false : change.old === null ? (facts.rowSecurityApplies ? undefined : true) : before?.answer,
        },
      }))
  }

  /** The table's facts for this group's role; closes subscribers when the right is gone. */
  private async factsOf(tableId: string): Promise<TableFacts | undefined> {
    const [schema, table] = JSON.parse(tableId) as [string, string]
    const facts = await this.context.facts.read(schema, table, this.viewer.role)
    if (facts === undefined || !facts.schemaUsable || !facts.columns.some((column) => column.readable)) {
      for (const subscriber of this.subscribers) {
        if (!subscriber.bindings.some((binding) => binding.tableId === tableId)) continue
        this.context.remove(subscriber)
        subscriber.sink.closed('not_found', `The table ${schema}.${table} is gone, or may not be read any more.`)
      }
      return undefined
    }
    const known = this.fingerprints.get(tableId)
    this.fingerprints.set(tableId, facts.fingerprint)
    if (known !== undefined && known !== facts.fingerprint) this.resync('rights_changed', tableId)
    return facts
  }

  private async deliver({ change, facts, visible }: Judged): Promise<void> {
    const tableId = change.relation.tableId
    // Whoever comes while a payload is built begins after this change.
    const receivers = [...this.subscribers]
    for (const subscriber of receivers) {
      if (comparePositions(change.position, subscriber.after) <= 0) continue
      const matches = new Map<VisibleType, number[]>()
      for (const binding of subscriber.bindings) {
        if (binding.tableId !== tableId) continue
        const type = transitionOf(change.type, withFilter(visible, binding, change, facts))
        if (type === undefined || (binding.event !== '*' && binding.event !== type)) continue
        matches.set(type, [...(matches.get(type) ?? []), binding.index])
      }
      const types = typeOrder.filter((type) => matches.has(type))
      const payloads = await Promise.all(types.map((type) => this.context.payloads.build(change, type, facts)))
      // Building may have waited for the database: the subscriber may be gone, or may have been told to start anew.
      if (!this.subscribers.has(subscriber) || comparePositions(change.position, subscriber.after) <= 0) continue
      const epoch = parseCursor(change.cursor)!.epoch
      for (const [at, type] of types.entries()) {
        const last = at === types.length - 1
        const cursor = last ? formatCursor(epoch, change.position) : formatPartialCursor(epoch, change.position, at + 1)
        subscriber.sink.change(payloads[at]!, cursor, matches.get(type)!)
        this.context.counters.deliveries++
      }
      subscriber.after = change.position
    }
  }
}

function withFilter(visible: Membership, binding: PreparedBinding, change: RowChange, facts: TableFacts): Membership {
  const { filter } = binding
  if (filter === undefined) return visible
  const both = (a: boolean | undefined, b: boolean | undefined) =>
    a === false || b === false ? false : a === undefined || b === undefined ? undefined : true
  return {
    after: both(visible.after, change.new === null ? false : filter.matches(change.new)),
    before: both(
      visible.before,
      matchesBefore(
        filter,
        change,
        facts.columns.some((column) => column.key && column.name === filter.column),
      ),
    ),
  }
}

function matchesBefore(filter: NonNullable<PreparedBinding['filter']>, change: RowChange, onKey: boolean): boolean | undefined {
  if (change.old !== null) return filter.matches(change.old)
  if (change.key !== null) return filter.matches(change.key)
  // An update without an old row left the key alone.
  return onKey && change.new !== null ? filter.matches(change.new) : undefined
}

function mayMatch(binding: PreparedBinding, change: RowChange): boolean {
  if (change.type === 'truncate' || binding.filter === undefined) return true
  const before = change.old ?? change.key
  return (
    (change.new !== null && binding.filter.matches(change.new) !== false) || (before !== null && binding.filter.matches(before) !== false)
  )
}

/** The database is away or full: worth waiting for. A statement over its time limit is not. */
function isAway(error: unknown): boolean {
  const cause =
    error instanceof JudgementUnavailable
      ? (error.cause as { code?: string; sqlstate?: string })
      : (error as { code?: string; sqlstate?: string })
  return ['unavailable', 'pool_full', 'pool_timeout'].includes(cause.code ?? '') || /^(08|57P|53)/.test(cause.sqlstate ?? '')
}
