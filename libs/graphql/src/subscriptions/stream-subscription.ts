// One `T_stream` of one client: sends batches until there are no more rows after its cursor, then waits for changes.
import type { RequestContext, Statement, StatementResult } from '#libs/postgres'
import { documentOf } from '#libs/query'
import { asGraphQLFailure } from '../execute/database-failures.ts'
import { statementOf } from '../execute/statements.ts'
import type { GraphQLFailure } from '../graphql.errors.ts'
import { type StreamPlan, streamVariables } from '../plan/live/streams.ts'
import type { RowGuards } from './row-guards.ts'
import type { OpenSubscription, SubscriptionRequest, SubscriptionSink } from './subscription-sink.ts'

/** What a stream is run with; made anew when the schema or a policy changes. */
export interface StreamWork {
  readonly plan: StreamPlan
  readonly context: RequestContext
  readonly follows: ReadonlyMap<string, readonly RowGuards[]>
  readonly polled: string | undefined
}

/** What streams share with live queries. */
export interface StreamHost {
  inTurn(work: () => Promise<void>): void
  run(context: RequestContext, statement: Statement): Promise<StatementResult>
  /** The pause before a failed run is tried again; undefined when the failure is final. */
  pauseAfter(error: unknown, failures: number): number | undefined
  counted(what: 'run' | 'delivery'): void
  streamClosed(stream: StreamSubscription): void
}

/** A stream. */
export class StreamSubscription implements OpenSubscription {
  isClosed = false
  work: StreamWork | undefined
  private after: string | undefined
  private state: 'idle' | 'queued' | 'running' = 'idle'
  private again = false
  private failures = 0

  constructor(
    readonly request: SubscriptionRequest,
    private readonly sink: SubscriptionSink,
    private readonly host: StreamHost,
  ) {}

  get follows(): ReadonlyMap<string, readonly RowGuards[]> {
    return this.work?.follows ?? new Map()
  }

  /** Goes on with this work, from where it stands. */
  use(work: StreamWork, initial: string | null): void {
    this.work = work
    this.after ??= initial ?? ''
    this.wake()
  }

  /** There may be rows. */
  wake(): void {
    if (this.isClosed || this.state === 'queued') return
    if (this.state === 'running') {
      this.again = true
      return
    }
    this.state = 'queued'
    this.host.inTurn(() => this.turn())
  }

  /** The document is not allowed any more, or cannot be run. */
  refuse(failure: GraphQLFailure): void {
    if (this.isClosed) return
    this.close()
    this.sink.error(failure)
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.host.streamClosed(this)
  }

  private async turn(): Promise<void> {
    if (this.isClosed) return
    this.state = 'running'
    this.again = false
    try {
      if (await this.sendBatch(this.work!)) this.again = true
      this.failures = 0
    } catch (error) {
      this.failed(error)
    }
    // Others get their turn before the next batch, and a slow client gets no more than it reads.
    if (!this.again || this.isClosed) return this.rest()
    void this.sink.drained().then(() => this.rest())
  }

  private rest(): void {
    this.state = 'idle'
    if (this.again) this.wake()
  }

  /** True when there was a batch: there may be another one. */
  private async sendBatch({ plan, context }: StreamWork): Promise<boolean> {
    const after = this.after!
    const { variables, principal } = this.request
    this.host.counted('run')
    const probed = await this.host.run(context, statementOf(plan.plan, streamVariables(variables, after), principal))
    const { cursor } = JSON.parse(documentOf(plan.plan, probed.rows[0]?.[0])) as { cursor: readonly { readonly cursor: string }[] | null }
    const until = cursor?.at(-1)?.cursor
    if (until === undefined || this.isClosed) return false
    const result = await this.host.run(context, statementOf(plan.batch, streamVariables(variables, after, until), principal))
    if (this.isClosed) return false
    this.after = until
    const body = result.rows[0]?.[0]
    // All of it may have been deleted in between.
    if (body === undefined || body === null || body === '[]') return true
    this.host.counted('delivery')
    this.sink.next(`{"data":${documentOf(plan.batch, body)}}`)
    return true
  }

  private failed(error: unknown): void {
    const pauseMs = this.host.pauseAfter(error, ++this.failures)
    if (pauseMs === undefined) return this.refuse(asGraphQLFailure(error, '$', this.request.principal.authenticated))
    setTimeout(() => this.wake(), pauseMs).unref()
  }
}
