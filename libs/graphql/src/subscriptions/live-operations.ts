// Operations that come over a connection which can take more than one answer: queries and mutations are answered once,
// subscriptions stay open.
import { Inject, Injectable, Optional, type OnModuleDestroy } from '@nestjs/common'
import { CatalogService } from '#libs/catalog'
import { ChangeFeed, TableFollower } from '#libs/changes'
import type { Principal } from '#libs/identity'
import { type Logger, LOGGER } from '#libs/kernel'
import { PlatformDatabase, RequestDatabase } from '#libs/postgres'
import type { OperationRequest } from '../execute/graphql-executor.ts'
import { isSubscriptionRefusal } from '../execute/validation.ts'
import { GRAPHQL_OPTIONS, type GraphqlDialectOptions } from '../graphql.options.ts'
import { GraphqlEndpoint } from '../http/graphql-endpoint.ts'
import { LiveQueries } from './live-queries.ts'
import { subscriptionLimits } from './subscription-limits.ts'
import type { OpenSubscription, SubscriptionSink } from './subscription-sink.ts'
import { SubscriptionStats } from './subscription-stats.ts'

/** Runs what comes over sockets and event streams. */
@Injectable()
export class LiveOperations implements OnModuleDestroy {
  private live: LiveQueries | undefined

  constructor(
    @Inject(GraphqlEndpoint) private readonly endpoint: GraphqlEndpoint,
    @Inject(RequestDatabase) private readonly database: RequestDatabase,
    @Inject(CatalogService) private readonly catalog: CatalogService,
    @Inject(SubscriptionStats) private readonly stats: SubscriptionStats,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(GRAPHQL_OPTIONS) private readonly options: GraphqlDialectOptions,
    @Optional() @Inject(PlatformDatabase) private readonly owner?: PlatformDatabase,
    @Optional() @Inject(ChangeFeed) private readonly feed?: ChangeFeed,
    @Optional() @Inject(TableFollower) private readonly follower?: TableFollower,
  ) {}

  /** Answers a query or mutation, or opens a subscription: then the answer is how to end it. Throws what refuses it. */
  async perform(operation: OperationRequest, principal: Principal, sink: SubscriptionSink): Promise<OpenSubscription | undefined> {
    try {
      const body = await this.endpoint.executor.execute(operation)
      sink.next(body)
      sink.complete()
      return undefined
    } catch (error) {
      if (!isSubscriptionRefusal(error)) throw error
    }
    const { query, variables, operationName } = operation
    const opened = await this.liveQueries().subscribe({ query, variables, operationName, principal }, sink)
    operation.planned?.()
    return opened
  }

  /** Ends all subscriptions. */
  onModuleDestroy(): void {
    this.live?.close()
  }

  private liveQueries(): LiveQueries {
    const { endpoint, database, owner, catalog, feed, follower, stats, log, options } = this
    if (owner === undefined) throw new TypeError('subscriptions need PostgresModule')
    this.live ??= new LiveQueries(
      {
        executor: endpoint.executor,
        database,
        owner,
        catalog,
        changes: feed === undefined || follower === undefined ? undefined : { feed, follower },
        stats,
        log,
      },
      subscriptionLimits(options.subscriptions),
    )
    return this.live
  }
}
