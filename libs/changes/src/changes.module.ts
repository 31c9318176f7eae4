// Wiring only: the feed starts with the application and ends before the database does.
import { Inject, Module, type DynamicModule, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { LOGGER, type Logger } from '#libs/kernel'
import { PlatformDatabase, RequestDatabase } from '#libs/postgres'
import { ChangeFeed, type ChangeFeedOptions } from './feed/change-feed.ts'
import { TableFollower } from './following/table-follower.ts'
import { ChangeSubscriptions, type ChangeSubscriptionsOptions } from './subscriptions/change-subscriptions.ts'

/** Options of {@link ChangesModule.register}. */
export interface ChangesModuleOptions {
  readonly feed: ChangeFeedOptions
  readonly subscriptions: ChangeSubscriptionsOptions
}

/** Provides {@link ChangeFeed}, {@link ChangeSubscriptions} and {@link TableFollower}. Needs PostgresModule and the LOGGER to be global. */
@Module({})
export class ChangesModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(ChangeFeed) private readonly feed: ChangeFeed,
    @Inject(ChangeSubscriptions) private readonly subscriptions: ChangeSubscriptions,
    @Inject(TableFollower) private readonly follower: TableFollower,
  ) {}

  /** The module with its options. */
  static register(options: ChangesModuleOptions): DynamicModule {
    return {
      module: ChangesModule,
      global: true,
      providers: [
        {
          provide: ChangeFeed,
          inject: [PlatformDatabase, LOGGER],
          useFactory: (owner: PlatformDatabase, log: Logger) => new ChangeFeed(options.feed, owner, log),
        },
        {
          provide: ChangeSubscriptions,
          inject: [ChangeFeed, RequestDatabase, PlatformDatabase, LOGGER],
          useFactory: (feed: ChangeFeed, requests: RequestDatabase, owner: PlatformDatabase, log: Logger) =>
            new ChangeSubscriptions(options.subscriptions, feed, requests, owner, log),
        },
        {
          provide: TableFollower,
          inject: [ChangeFeed, PlatformDatabase],
          useFactory: (feed: ChangeFeed, owner: PlatformDatabase) => new TableFollower(feed, owner),
        },
      ],
      exports: [ChangeFeed, ChangeSubscriptions, TableFollower],
    }
  }

  /** Begins to read; the application does not wait for it. */
  onApplicationBootstrap(): void {
    this.feed.start()
  }

  /** Ends the replication connection, before the database goes. */
  async onModuleDestroy(): Promise<void> {
    this.subscriptions.close()
    this.follower.close()
    await this.feed.stop()
  }
}
