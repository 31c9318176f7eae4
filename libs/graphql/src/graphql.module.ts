import { type DynamicModule, Module } from '@nestjs/common'
import { GraphQLModule } from '@nestjs/graphql'
import { AllowList } from './documents/allow-list.ts'
import { DocumentSource } from './documents/document-source.ts'
import { ExplainOperation } from './explain/explain-operation.ts'
import { GraphqlOwnerApi } from './explain/owner-api.ts'
import { GRAPHQL_OPTIONS, type GraphqlDialectOptions, withDefaults } from './graphql.options.ts'
import { EmptyQueryResolver } from './resolvers/empty-query.resolver.ts'
import { ExplainRoute } from './http/explain-route.ts'
import { DialectGraphQLDriver } from './http/graphql-driver.ts'
import { GraphqlEndpoint } from './http/graphql-endpoint.ts'
import { LiveConnections } from './http/live-connections.ts'
import { EventStreams } from './http/sse-endpoint.ts'
import { GraphqlSockets } from './http/ws-endpoint.ts'
import { NameWarnings } from './model/name-warnings.ts'
import { LiveOperations } from './subscriptions/live-operations.ts'
import { SubscriptionStats } from './subscriptions/subscription-stats.ts'

@Module({})
class GraphqlEndpointModule {
  static register(options: GraphqlDialectOptions): DynamicModule {
    return {
      module: GraphqlEndpointModule,
      providers: [
        { provide: GRAPHQL_OPTIONS, useValue: options },
        AllowList,
        DocumentSource,
        GraphqlEndpoint,
        ExplainOperation,
        GraphqlOwnerApi,
        ExplainRoute,
        NameWarnings,
        SubscriptionStats,
        LiveConnections,
        LiveOperations,
        GraphqlSockets,
        EventStreams,
      ],
      exports: [
        GraphqlSockets,
        LiveConnections,
        SubscriptionStats,
        GraphqlEndpoint,
        AllowList,
        DocumentSource,
        ExplainOperation,
        GraphqlOwnerApi,
        ExplainRoute,
      ],
    }
  }
}

/**
 * Serves GraphQL. PrincipalResolver, RequestDatabase, PlatformDatabase, CatalogService and LOGGER come from global
 * modules of the composition; so does SettingsService, when the options name an area. With ChangesModule live queries are woken by
 * changes, without it they are run every second; with BusModule sessions that other nodes end are heard of.
 */
@Module({})
export class GraphqlDialectModule {
  /** The module with its limits and switches; everything has a default. */
  static register(options: GraphqlDialectOptions = {}): DynamicModule {
    const endpoint = GraphqlEndpointModule.register(options)
    return {
      module: GraphqlDialectModule,
      providers: [EmptyQueryResolver],
      imports: [
        endpoint,
        GraphQLModule.forRootAsync({
          driver: DialectGraphQLDriver,
          imports: [endpoint],
          useFactory: () => ({ path: withDefaults(options).path }),
        }),
      ],
      exports: [endpoint],
    }
  }
}
