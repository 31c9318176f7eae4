// Operations that come over a connection which can take more than one answer: queries and mutations are answered once,
// subscriptions stay open.
import { Inject, Injectable, Optional, type OnModuleDestroy } from '@nestjs/common'
import { CatalogService } from '#libs/catalog'
import { ChangeFeed, TableFollower } from '#libs/changes'
import { type Logger, LOGGER } from '#libs/kernel'
import { PlatformDatabase, RequestDatabase } from '#libs/postgres'
import type { GraphQLExecutor, OperationRequest } from '../execute/graphql-executor.ts'
import { isSubscriptionRefusal } from '../execute/validation.ts'
import { GRAPHQL_OPTIONS, type GraphqlDialectOptions } from '../graphql.options.ts'
import { LiveQueries } from './live-queries.ts'
import { subscriptionLimits } from './subscription-limits.ts'
import type { OpenSubscription, SubscriptionSink } from './subscription-sink.ts'
import { SubscriptionStats } from './subscription-stats.ts'

/** Runs what comes over sockets and event streams. */
@Injectable()
export class LiveOperations implements OnModuleDestroy {
  /** Relay has its own schema, and so its own executor. */
  private readonly live = new Map<GraphQLExecutor, LiveQueries>()

  constructor(
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
  async perform(executor: GraphQLExecutor, operation: OperationRequest, sink: SubscriptionSink): Promise<OpenSubscription | undefined> {
    try {
      const body = await executor.execute({ ...operation, recipient: sink })
      sink.next(body)
      sink.complete()
      return undefined
    } catch (error) {
      if (!isSubscriptionRefusal(error)) throw error
    }
    const { query, variables, operationName, principal, http, upgrade } = operation
    const request = { query, variables, operationName, principal, http, req: upgrade ?? http }
    const opened = await this.liveQueries(executor).subscribe(request, sink)
    operation.planned?.()
    return opened
  }

  /** Ends all subscriptions. */
  onModuleDestroy(): void {
    for (const live of this.live.values()) live.close()
  }

  private liveQueries(executor: GraphQLExecutor): LiveQueries {
    const { database, owner, catalog, feed, follower, stats, log, options } = this
    const known = this.live.get(executor)
    if (known !== undefined) return known
    if (owner === undefined) throw new TypeError('subscriptions need PostgresModule')
    const changes = feed === undefined || follower === undefined ? undefined : { feed, follower }
    const live = new LiveQueries({ executor, database, owner, catalog, changes, stats, log }, subscriptionLimits(options.subscriptions))
    this.live.set(executor, live)
    return live
  }
}
