import { createHash } from 'node:crypto'
import { DatabaseError } from '#libs/postgres'
import { asGraphQLFailure } from '../execute/database-failures.ts'
import type { GraphQLFailure } from '../graphql.errors.ts'
import { failureBody } from '../http/error-body.ts'
import type { GroupMember, LiveGroup } from './live-group.ts'
import type { OpenSubscription, SubscriptionRequest, SubscriptionSink } from './subscription-sink.ts'
import type { SubscriptionStats } from './subscription-stats.ts'

/** What a subscription needs of the live queries. */
interface SubscriptionHost {
  /** Plans it against the schema as it is now. */
  placeAnew(subscription: LiveSubscription): Promise<void>
  left(subscription: LiveSubscription, group: LiveGroup | undefined): void
}

/** One live query of one client: tells it results that differ from the last one it was told. */
export class LiveSubscription implements GroupMember, OpenSubscription {
  isClosed = false
  private group: LiveGroup | undefined
  private hash = ''
  private isReplaced = false

  constructor(
    readonly request: SubscriptionRequest,
    private readonly sink: SubscriptionSink,
    private readonly host: SubscriptionHost,
    private readonly stats: SubscriptionStats,
  ) {}

  get claimsJson(): string {
    return this.request.principal.claimsJson
  }

  /** Moves to another group; the first result always comes, later ones when they differ. */
  join(group: LiveGroup): void {
    const former = this.group
    if (former === group) return group.wake()
    this.group = group
    group.add(this)
    if (former !== undefined) this.host.left(this, former)
  }

  deliver(body: string, hash: string, wokenMs: number | undefined): void {
    this.isReplaced = false
    if (this.isClosed || hash === this.hash) return
    this.hash = hash
    if (wokenMs !== undefined) {
      this.stats.delayMs += performance.now() - wokenMs
      this.stats.delayed++
    }
    this.stats.deliveries++
    this.sink.next(body)
  }

  fail(error: unknown): void {
    const failure = asGraphQLFailure(error, '$', this.request.principal.authenticated)
    const isOutdated = error instanceof DatabaseError && error.sqlstate.startsWith('42')
    if (isOutdated && !this.isReplaced) {
      // The schema may have changed a moment ago.
      this.isReplaced = true
      return void this.placeAnew()
    }
    if (isOutdated || this.hash === '') return this.refuse(failure)
    // Data of a moment, such as a division by zero: the next change may mend it.
    const body = failureBody(failure, false)
    this.deliver(body, createHash('sha256').update(body).digest('base64'), undefined)
  }

  private async placeAnew(): Promise<void> {
    const former = this.group
    this.group = undefined
    this.host.left(this, former)
    try {
      await this.host.placeAnew(this)
    } catch (error) {
      this.refuse(asGraphQLFailure(error, '$', this.request.principal.authenticated))
    }
  }

  /** The only answer there is. */
  finish(body: string): void {
    this.sink.next(body)
    this.close()
    this.sink.complete()
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
    const { group } = this
    this.group = undefined
    this.host.left(this, group)
  }
}
