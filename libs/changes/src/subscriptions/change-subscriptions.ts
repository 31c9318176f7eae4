// Who is told of which change. A subscription starts in a lane of its own (it may have missed something) and joins the group of
// its role and claims once it is up to date.
import type { RequestDatabase } from '#libs/postgres'
import type { Logger } from '#libs/kernel'
import { changesErrors } from '../changes.errors.ts'
import type { ChangeFeed } from '../feed/change-feed.ts'
import { formatCursor, parseCursor } from '../feed/cursor.ts'
import { tableIdOf, type RowChange } from '../feed/row-change.ts'
import { ChangePayloads } from '../payload/change-payload.ts'
import { TypeEncoders } from '../payload/type-encoders.ts'
import { RowJudge, type Viewer } from '../visibility/row-judge.ts'
import { TableFactsReader, type FactsDatabase, type TableFacts } from '../visibility/table-facts.ts'
import { type ChangeBinding, type ChangeSink, type PreparedBinding, type ResyncReason, type Subscriber } from './change-subscription.ts'
import { ClaimsGroup } from './claims-group.ts'
import { publishTable } from './publish-table.ts'
import { prepareFilter } from './row-filter.ts'
import type { SubscriptionContext } from './subscription-context.ts'

/** What may be followed, and how much. */
export interface ChangeSubscriptionsOptions {
  /** Schemas whose tables may be followed. */
  readonly schemas: readonly string[]
  /** Default 20,000. */
  readonly subscriptionsMax?: number
  /** Statements that judge rows at the same time. Default 4. */
  readonly judgeConcurrency?: number
  /** Changes that may wait to be judged for one role and claims. Default 5,000. */
  readonly queueChangesMax?: number
  /** Their size in memory. Default 8 MB. */
  readonly queueBytesMax?: number
}

/** A request to follow tables. */
export interface SubscriptionRequest {
  readonly viewer: Viewer
  readonly bindings: readonly ChangeBinding[]
  /** Go on behind this position. */
  readonly cursor?: string
}

/** An open subscription. Nothing is delivered before {@link ChangeSubscription.begin}. */
export interface ChangeSubscription {
  /** Position from which it sees everything. */
  readonly cursor: string
  /** What the subscriber should know, for example that deletes cannot be told. */
  readonly notices: readonly string[]
  /** Cursor up to which the sink was told everything: where another subscription can go on without a gap. */
  position(): string
  /** Lets deliveries begin: first what was missed, then what comes. */
  begin(): void
  /** Ends it at once; may be called twice. */
  close(): void
}

/** Numbers for /metrics. */
export interface ChangeSubscriptionsStats {
  readonly subscriptions: number
  readonly groups: number
  readonly deliveries: number
  readonly overflows: number
  readonly judgeStatements: number
  readonly unjudgeable: number
}

// Below the ten seconds that a client waits for its answer.
const feedReadyMs = 8_000

/** Follows tables on behalf of roles; every change is judged by Postgres before it is handed on. */
export class ChangeSubscriptions {
  private readonly context: SubscriptionContext
  private readonly encoders: TypeEncoders
  private readonly groups = new Map<string, ClaimsGroup>()
  private readonly groupOf = new Map<Subscriber, ClaimsGroup>()
  private readonly followers = new Map<string, Set<ClaimsGroup>>()
  private readonly detach: (() => void)[]
  private readonly pauses = new Set<() => void>()
  private rechecking = false
  private recheckWanted = false
  private closed = false

  constructor(
    private readonly options: ChangeSubscriptionsOptions,
    private readonly feed: ChangeFeed,
    private readonly requests: RequestDatabase,
    private readonly owner: FactsDatabase,
    log: Logger,
  ) {
    this.encoders = new TypeEncoders(owner)
    this.context = {
      feed,
      facts: new TableFactsReader(owner),
      judge: new RowJudge(requests, options.judgeConcurrency),
      payloads: new ChangePayloads(this.encoders),
      log,
      limits: { queueChangesMax: options.queueChangesMax ?? 5_000, queueBytesMax: options.queueBytesMax ?? 8 * 1024 * 1024 },
      counters: { deliveries: 0, overflows: 0 },
      remove: (subscriber) => this.remove(subscriber),
      pause: (ms) => this.pause(ms),
    }
    this.detach = [
      feed.onChange((change) => this.dispatch(change)),
      feed.onDdl(() => this.catalogChanged()),
      feed.onRelation(() => this.context.facts.forget()),
      feed.onReset(() => this.restartAll('epoch_changed')),
    ]
  }

  /**
   * Opens a subscription: all bindings or none. Throws `changes/not_found`, `unknown_column`, `bad_filter`,
   * `not_published`, `too_many` and `unavailable`.
   */
  async open(request: SubscriptionRequest, sink: ChangeSink): Promise<ChangeSubscription> {
    const max = this.options.subscriptionsMax ?? 20_000
    if (this.groupOf.size >= max) throw changesErrors.too_many({ params: { max } })
    const { viewer } = request
    const prepared = await this.prepare(request)
    await this.feed.ready(feedReadyMs)
    if (this.closed) throw changesErrors.unavailable()

    // From here on nothing waits: no change can slip in between the replay and the live feed.
    const cursor = this.feed.cursor
    const subscriber: Subscriber = { viewer, bindings: prepared.bindings, sink, after: parseCursor(cursor)!.position }
    const lane = new ClaimsGroup(viewer, this.context, (group) => this.merge(group, subscriber), true)
    this.attach(subscriber, lane)
    for (const [tableId, facts] of prepared.facts) lane.admit(tableId, facts)
    const resync = request.cursor === undefined ? undefined : this.resume(lane, subscriber, request.cursor, prepared.altered)
    return {
      cursor,
      notices: prepared.notices,
      position: () => this.positionOf(subscriber),
      begin: () => {
        if (resync !== undefined && this.groupOf.has(subscriber)) sink.resync(resync, cursor)
        lane.release()
      },
      close: () => this.remove(subscriber),
    }
  }

  /** Tables, rights or types may have changed: reads them again and looks at every subscription anew. Call it when the catalog was reloaded. */
  catalogChanged(): void {
    this.context.facts.forget()
    this.encoders.forget()
    this.recheckWanted = true
    if (!this.rechecking) void this.recheckAll()
  }

  /** Numbers since the start, and what is open now. */
  stats(): ChangeSubscriptionsStats {
    return {
      subscriptions: this.groupOf.size,
      groups: new Set(this.groupOf.values()).size,
      deliveries: this.context.counters.deliveries,
      overflows: this.context.counters.overflows,
      judgeStatements: this.context.judge.statements,
      unjudgeable: this.context.judge.unjudgeable,
    }
  }

  /** Ends every subscription without a word; the gateway says goodbye to its sockets itself. */
  close(): void {
    this.closed = true
    for (const detach of this.detach) detach()
    for (const group of new Set(this.groupOf.values())) group.close()
    for (const wake of this.pauses) wake()
    this.groupOf.clear()
    this.groups.clear()
    this.followers.clear()
  }

  private async prepare({ viewer, bindings }: SubscriptionRequest) {
    const facts = new Map<string, TableFacts>()
    const notices = new Set<string>()
    const result: PreparedBinding[] = []
    let altered = false
    for (const [index, binding] of bindings.entries()) {
      const tableId = tableIdOf(binding.schema, binding.table)
      const found = await this.factsFor(viewer, binding)
      facts.set(tableId, found)
      const filter = binding.filter === undefined ? undefined : await prepareFilter(this.requests, viewer, found, binding.filter)
      const filtersOutsideKey = filter !== undefined && !found.columns.some((column) => column.key && column.name === filter.column)
      const publishing = await publishTable(this.owner, found, found.rowSecurityEnabled || filtersOutsideKey)
      if (publishing.altered) this.context.facts.forget()
      if (publishing.notice !== undefined) notices.add(publishing.notice)
      altered ||= publishing.altered
      result.push({ index, event: binding.event, tableId, filter })
    }
    return { bindings: result, facts, notices: [...notices], altered }
  }

  private async factsFor(viewer: Viewer, { schema, table }: ChangeBinding): Promise<TableFacts> {
    const facts = this.options.schemas.includes(schema) ? await this.context.facts.read(schema, table, viewer.role) : undefined
    if (facts === undefined || !facts.schemaUsable || !facts.columns.some((column) => column.readable)) {
      throw changesErrors.not_found({ params: { table: `${schema}.${table}` } })
    }
    return facts
  }

  private resume(lane: ClaimsGroup, subscriber: Subscriber, cursor: string, altered: boolean): ResyncReason | undefined {
    const replay = this.feed.replayAfter(cursor)
    if (replay.kind === 'resync') return replay.reason
    // What the table was not published for is missing from the log.
    if (altered) return 'gap'
    subscriber.after = parseCursor(cursor)!.position
    lane.replay(replay.changes)
    return undefined
  }

  private positionOf(subscriber: Subscriber): string {
    const epoch = parseCursor(this.feed.cursor)!.epoch
    return this.groupOf.get(subscriber)?.isIdle === true ? this.feed.cursor : formatCursor(epoch, subscriber.after)
  }

  /** The lane has delivered everything up to the feed's position: its subscriber goes on with its group. */
  private merge(lane: ClaimsGroup, subscriber: Subscriber): void {
    if (this.closed || this.groupOf.get(subscriber) !== lane) return
    const id = JSON.stringify([subscriber.viewer.role, subscriber.viewer.claimsJson])
    let group = this.groups.get(id)
    if (group === undefined) {
      group = new ClaimsGroup(subscriber.viewer, this.context)
      this.groups.set(id, group)
    }
    this.remove(subscriber)
    subscriber.after = parseCursor(this.feed.cursor)!.position
    lane.handOver(group)
    this.attach(subscriber, group)
  }

  private attach(subscriber: Subscriber, group: ClaimsGroup): void {
    this.groupOf.set(subscriber, group)
    group.subscribers.add(subscriber)
    for (const { tableId } of subscriber.bindings) {
      const followers = this.followers.get(tableId) ?? new Set()
      followers.add(group)
      this.followers.set(tableId, followers)
    }
  }

  private remove(subscriber: Subscriber): void {
    const group = this.groupOf.get(subscriber)
    if (group === undefined) return
    this.groupOf.delete(subscriber)
    group.subscribers.delete(subscriber)
    for (const { tableId } of subscriber.bindings) {
      const followers = this.followers.get(tableId)
      const stillFollows = [...group.subscribers].some((other) => other.bindings.some((binding) => binding.tableId === tableId))
      if (followers === undefined || stillFollows) continue
      followers.delete(group)
      if (followers.size === 0) this.followers.delete(tableId)
    }
    if (group.subscribers.size > 0) return
    group.close()
    for (const [id, known] of this.groups) if (known === group) this.groups.delete(id)
  }

  private dispatch(change: RowChange): void {
    const followers = this.followers.get(change.relation.tableId)
    if (followers === undefined) return
    for (const group of followers) if (group.wants(change)) group.push(change)
  }

  private restartAll(reason: ResyncReason): void {
    for (const group of new Set(this.groupOf.values())) group.restart(reason)
  }

  private async recheckAll(): Promise<void> {
    this.rechecking = true
    while (this.recheckWanted && !this.closed) {
      this.recheckWanted = false
      for (const group of new Set(this.groupOf.values())) {
        try {
          await group.recheck()
        } catch (error) {
          // The rights are read again before the next change is judged; nothing is told on old ones.
          this.context.log.warn({ err: error }, 'rights of live subscriptions could not be read again')
        }
      }
    }
    this.rechecking = false
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.pauses.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      timer.unref()
      this.pauses.add(wake)
    })
  }
}
