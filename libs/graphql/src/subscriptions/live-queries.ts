// Open subscriptions of the process: shares equal ones, wakes them when what they read has changed, and plans them anew
// when the schema or a policy has.
import { TableFollower, type ChangeFeed } from '#libs/changes'
import { type Logger, WorkLine } from '#libs/kernel'
import { DatabaseError, type PlatformDatabase, type RequestContext, type RequestDatabase, type Statement } from '#libs/postgres'
import { asGraphQLFailure } from '../execute/database-failures.ts'
import type { GraphQLExecutor } from '../execute/graphql-executor.ts'
import { statementOf } from '../execute/statements.ts'
import { GraphQLFailure, graphqlErrors } from '../graphql.errors.ts'
import { ChangeWakes } from './change-wakes.ts'
import { GroupWorks } from './group-works.ts'
import { LiveGroup, type GroupHost } from './live-group.ts'
import { LiveSubscription } from './live-subscription.ts'
import type { OperationPlan } from '../plan/plan-operation.ts'
import type { Recipe } from '../plan/parameters.ts'
import { type StreamHost, StreamSubscription } from './stream-subscription.ts'
import { ResolverSubscription } from './resolver-subscription.ts'
import { RulesWatch } from './rules-watch.ts'
import { StatementFactsReader } from './statement-facts.ts'
import type { SubscriptionLimits } from './subscription-limits.ts'
import type { OpenSubscription, SubscriptionRequest, SubscriptionSink } from './subscription-sink.ts'
import type { SubscriptionStats } from './subscription-stats.ts'

/** What live queries stand on. */
export interface LiveParts {
  readonly executor: GraphQLExecutor
  readonly database: RequestDatabase
  readonly owner: PlatformDatabase
  readonly catalog: { onChange(listener: () => void): () => void; refreshIfStale(): Promise<boolean> }
  /** Absent: everything is polled. */
  readonly changes: { readonly feed: ChangeFeed; readonly follower: TableFollower } | undefined
  readonly stats: SubscriptionStats
  readonly log: Logger
}

const POLL_MS = 1_000
const REPLAN_DELAY_MS = 50
const RETRY_MS_MAX = 5_000
/** Connection failures, resources, shutdowns, serialisation, locks: says nothing about the statement. */
const transient = /^(08|53|57P|40|55|25)/

/** The live queries. */
export class LiveQueries implements GroupHost, StreamHost {
  private readonly works: GroupWorks
  private readonly facts: StatementFactsReader
  private readonly rules: RulesWatch
  private readonly wakes: ChangeWakes<LiveGroup | StreamSubscription> | undefined
  private readonly line: WorkLine
  private readonly subscriptions = new Set<LiveSubscription | StreamSubscription | ResolverSubscription>()
  private groups = new Map<string, LiveGroup>()
  private readonly detach: (() => void)[]
  private readonly ticking: NodeJS.Timeout
  private watching: Promise<void> | undefined
  private replanning: Promise<void> | undefined
  private replanWanted = false
  private looking = false
  private closed = false

  constructor(
    private readonly parts: LiveParts,
    private readonly limits: Pick<SubscriptionLimits, 'subscriptionsMax' | 'concurrencyMax'>,
  ) {
    const { executor, owner, changes, catalog, log } = parts
    this.facts = new StatementFactsReader(owner)
    this.rules = new RulesWatch(owner)
    this.works = new GroupWorks(this.facts, changes?.follower, (principal, http) => executor.contextOf(principal, true, http), log)
    this.wakes = changes === undefined ? undefined : new ChangeWakes(changes.feed, owner, log, () => this.wakeAll())
    this.line = new WorkLine(limits.concurrencyMax)
    // Also a document that is not allowed any more ends.
    this.detach = [catalog.onChange(() => this.rulesChanged()), executor.plans.onChange(() => this.rulesChanged())]
    if (changes !== undefined) this.detach.push(changes.feed.onDdl(() => this.rulesChanged()))
    this.ticking = setInterval(() => void this.tick(), POLL_MS)
    this.ticking.unref()
  }

  /** Opens a subscription. Throws GraphQLFailure when the document is refused. */
  async subscribe(request: SubscriptionRequest, sink: SubscriptionSink): Promise<OpenSubscription> {
    if (this.closed || this.subscriptions.size >= this.limits.subscriptionsMax) {
      this.parts.stats.refused++
      const { message } = graphqlErrors.too_many_subscriptions({ params: { max: this.limits.subscriptionsMax } })
      throw new GraphQLFailure(message, 'unexpected', '$', 429)
    }
    this.watching ??= this.beginWatching()
    await this.watching
    const plan = await this.planOf(request)
    const subscription = this.subscriptionFor(request, sink, plan)
    this.subscriptions.add(subscription)
    this.parts.stats.subscriptions++
    try {
      await this.place(subscription, plan)
    } catch (error) {
      subscription.close()
      throw asGraphQLFailure(error, '$', request.principal.authenticated)
    }
    return subscription
  }

  private subscriptionFor(request: SubscriptionRequest, sink: SubscriptionSink, plan: OperationPlan) {
    if (plan.kind === 'resolver_subscription') {
      const resolverClosed = (ended: ResolverSubscription) => this.resolverClosed(ended)
      return new ResolverSubscription(request, sink, { resolverClosed, log: this.parts.log })
    }
    const isStream = plan.kind === 'subscription' && plan.mode === 'stream'
    return isStream ? new StreamSubscription(request, sink, this) : new LiveSubscription(request, sink, this, this.parts.stats)
  }

  /** Plans the subscription and puts it where equal ones are. */
  async place(subscription: LiveSubscription | StreamSubscription | ResolverSubscription, known?: OperationPlan): Promise<void> {
    const plan = known ?? (await this.planOf(subscription.request))
    if (subscription.isClosed) return
    if (subscription instanceof ResolverSubscription) {
      // Later it is only asked whether its document is still allowed.
      if (known !== undefined) await this.openResolver(subscription, known)
      return
    }
    if (subscription instanceof StreamSubscription) return this.placeStream(subscription, plan)
    const { variables, principal } = subscription.request
    if (plan.kind === 'local') return subscription.finish(`{"data":${plan.data(variables)}}`)
    if (plan.kind !== 'subscription' || plan.mode !== 'live') throw new TypeError('a query cannot be kept open')
    const watched = {
      plan: plan.plan,
      statement: statementOf(plan.plan, variables, principal),
      reads: plan.reads,
      root: plan.root,
      variables,
    }
    const { groups } = this
    const { key, work } = await this.works.make(watched, subscription.request)
    if (subscription.isClosed || this.closed) return
    // The rules were read anew meanwhile.
    if (groups !== this.groups) return this.place(subscription)
    let group = groups.get(key)
    if (group === undefined) {
      group = new LiveGroup(key, work, this)
      groups.set(key, group)
      this.wakes?.index.add(group)
      this.parts.stats.groups++
    }
    subscription.join(group)
  }

  async placeAnew(subscription: LiveSubscription): Promise<void> {
    await this.parts.catalog.refreshIfStale()
    return this.place(subscription)
  }

  private async openResolver(subscription: ResolverSubscription, plan: OperationPlan): Promise<void> {
    const { variables, principal, req } = subscription.request
    subscription.begin(await this.parts.executor.openResolver(plan.handWritten!, variables, { req, principal }))
  }

  private resolverClosed(subscription: ResolverSubscription): void {
    if (this.subscriptions.delete(subscription)) this.parts.stats.subscriptions--
  }

  private planOf({ query, variables, operationName, principal }: SubscriptionRequest): Promise<OperationPlan> {
    return this.parts.executor.plans.find({ query, variables, operationName, role: principal.role, mayWrite: false, maySubscribe: true })
  }

  private async placeStream(stream: StreamSubscription, plan: OperationPlan): Promise<void> {
    if (plan.kind !== 'subscription' || plan.mode !== 'stream') throw new TypeError('only a stream can go on as one')
    const { variables, principal } = stream.request
    const initial = plan.initial.ref === undefined ? plan.initial.value : (plan.initial.ref as Recipe)(variables, principal)
    const watched = {
      plan: plan.batch,
      statement: statementOf(plan.batch, variables, principal),
      reads: plan.reads,
      root: undefined,
      variables,
    }
    const { work } = await this.works.make(watched, stream.request, true)
    if (stream.isClosed || this.closed) return
    if (stream.work !== undefined) this.wakes?.index.delete(stream)
    stream.use(
      { plan, context: { ...work.context, claimsJson: principal.claimsJson }, follows: work.follows, polled: work.polled },
      initial,
    )
    this.wakes?.index.add(stream)
  }

  streamClosed(stream: StreamSubscription): void {
    this.wakes?.index.delete(stream)
    if (this.subscriptions.delete(stream)) this.parts.stats.subscriptions--
  }

  /** A subscription has left its group, or is gone. */
  left(subscription: LiveSubscription, group: LiveGroup | undefined): void {
    if (subscription.isClosed && this.subscriptions.delete(subscription)) this.parts.stats.subscriptions--
    if (group?.remove(subscription) === true) {
      group.close()
      this.wakes?.index.delete(group)
      if (this.groups.get(group.key) === group) this.groups.delete(group.key)
      this.parts.stats.groups--
    }
  }

  inTurn(work: () => Promise<void>): void {
    void this.line.run(work)
  }

  run(context: RequestContext, statement: Statement) {
    const { database } = this.parts
    // Only an explicit transaction has another isolation level than Postgres' default.
    return context.isolation === undefined ? database.run(context, statement) : database.transaction(context, (tx) => tx.run(statement))
  }

  counted(what: 'run' | 'skipped' | 'delivery'): void {
    if (what === 'run') this.parts.stats.runs++
    else if (what === 'skipped') this.parts.stats.skipped++
    else this.parts.stats.deliveries++
  }

  /** Schema, policies or views may have changed: every subscription is planned anew, and gets its result if that is another one. */
  rulesChanged(): void {
    if (this.subscriptions.size === 0) this.facts.forget()
    else this.replan()
  }

  pauseAfter(error: unknown, failures: number): number | undefined {
    const isTransient = error instanceof DatabaseError ? transient.test(error.sqlstate) : (error as { code?: string }).code !== 'timeout'
    if (!isTransient || this.closed) return undefined
    const waitMs = Math.min(RETRY_MS_MAX, 100 * 2 ** failures)
    this.parts.log.warn({ err: error, waitMs }, 'a live query could not be run; it is tried again')
    return waitMs
  }

  /** Ends everything without a word; the transports say goodbye themselves. */
  close(): void {
    this.closed = true
    clearInterval(this.ticking)
    for (const each of this.detach) each()
    this.wakes?.close()
    for (const subscription of this.subscriptions) subscription.close()
  }

  private wakeAll(): void {
    for (const group of this.groups.values()) group.wake()
    for (const stream of this.streams()) stream.wake()
  }

  private streams(): StreamSubscription[] {
    return [...this.subscriptions].filter((subscription) => subscription instanceof StreamSubscription)
  }

  private replan(): void {
    this.replanWanted = true
    this.replanning ??= this.replanAll().finally(() => {
      this.replanning = undefined
    })
  }

  private async replanAll(): Promise<void> {
    while (this.replanWanted && !this.closed) {
      // A migration is many statements.
      await new Promise((resolve) => setTimeout(resolve, REPLAN_DELAY_MS).unref())
      this.replanWanted = false
      await this.parts.catalog.refreshIfStale().catch(() => false)
      this.facts.forget()
      this.groups = new Map()
      for (const subscription of this.subscriptions) {
        try {
          await this.place(subscription)
        } catch (error) {
          this.placeFailed(subscription, error)
        }
        if (this.replanWanted) break
      }
    }
  }

  private placeFailed(subscription: LiveSubscription | StreamSubscription | ResolverSubscription, error: unknown): void {
    const failure = asGraphQLFailure(error, '$', subscription.request.principal.authenticated)
    if (failure.status < 500) return subscription.refuse(failure)
    this.parts.log.warn({ err: error }, 'a live query could not be planned anew; it is tried again')
    setTimeout(() => this.replan(), POLL_MS).unref()
  }

  /** What is known was not looked after while nobody subscribed. */
  private async beginWatching(): Promise<void> {
    try {
      this.facts.forget()
      await this.rules.haveChanged()
    } catch (error) {
      this.watching = undefined
      throw asGraphQLFailure(error, '$', true)
    }
  }

  private async tick(): Promise<void> {
    if (this.subscriptions.size === 0) this.watching = undefined
    if (this.subscriptions.size === 0 || this.looking) return
    const isDeaf = this.parts.changes?.feed.status().connected !== true
    for (const group of this.groups.values()) if (isDeaf || group.work.polled !== undefined) group.wake()
    for (const stream of this.streams()) if (isDeaf || stream.work?.polled !== undefined) stream.wake()
    this.looking = true
    try {
      if (await this.rules.haveChanged()) this.replan()
    } catch (error) {
      this.parts.log.debug({ err: error }, 'the rules could not be looked at')
    } finally {
      this.looking = false
    }
  }
}
