// A subscription that one of the application's own resolvers answers: its events go out one after the other.
import type { Logger } from '#libs/kernel'
import { asGraphQLFailure } from '../execute/database-failures.ts'
import type { GraphQLFailure } from '../graphql.errors.ts'
import { failureBody } from '../http/error-body.ts'
import type { ResolvedEvent } from '../resolvers/hand-written-fields.ts'
import { resolverFailure } from '../resolvers/resolver-failure.ts'
import type { OpenSubscription, SubscriptionRequest, SubscriptionSink } from './subscription-sink.ts'

/** One open subscription of a resolver. */
export class ResolverSubscription implements OpenSubscription {
  isClosed = false
  private events: AsyncGenerator<ResolvedEvent, void, void> | undefined

  constructor(
    readonly request: SubscriptionRequest,
    private readonly sink: SubscriptionSink,
    private readonly host: { resolverClosed(subscription: ResolverSubscription): void; readonly log: Logger },
  ) {}

  /** Sends the events until they end. The next one is asked for when the one before has left: none is lost, and none waits here. */
  begin(events: AsyncGenerator<ResolvedEvent, void, void>): void {
    this.events = events
    if (this.isClosed) return this.endEvents()
    this.forward(events).catch((error: unknown) => {
      const failure = asGraphQLFailure(error, '$', this.request.principal.authenticated)
      this.note(failure)
      this.refuse(failure)
    })
  }

  private async forward(events: AsyncGenerator<ResolvedEvent, void, void>): Promise<void> {
    for await (const { data, errors } of events) {
      if (this.isClosed) return
      const [error] = errors ?? []
      const failure = error === undefined ? undefined : resolverFailure(error)
      this.note(failure)
      this.sink.next(failure === undefined ? `{"data":${JSON.stringify(data)}}` : failureBody(failure, false))
      await this.sink.drained()
    }
    if (this.isClosed) return
    this.close()
    this.sink.complete()
  }

  private note(failure: GraphQLFailure | undefined): void {
    if (failure !== undefined && failure.status >= 500) this.host.log.error({ err: failure.cause ?? failure }, failure.message)
  }

  /** The document is not allowed any more, or its source has failed. */
  refuse(failure: GraphQLFailure): void {
    if (this.isClosed) return
    this.close()
    this.sink.error(failure)
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.endEvents()
    this.host.resolverClosed(this)
  }

  private endEvents(): void {
    this.events?.return().catch((error: unknown) => this.host.log.warn({ err: error }, 'a subscription of a resolver did not end well'))
  }
}
