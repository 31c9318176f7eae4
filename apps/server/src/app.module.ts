// The composition: every lib with its options. No logic here; what needs deciding is decided in a lib.
import { type DynamicModule, Module } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { AuthModule, authSettings } from '#libs/auth'
import { BlobModule, s3OptionsOf } from '#libs/blob'
import { BusModule } from '#libs/bus'
import { CatalogModule } from '#libs/catalog'
import { ChangesModule } from '#libs/changes'
import { ConsoleModule } from '#libs/console'
import { PlatformErrorFilter } from '#libs/gateway'
import { GraphqlDialectModule, graphqlSettings } from '#libs/graphql'
import { IdentityModule } from '#libs/identity'
import type { DataDirectory, Logger } from '#libs/kernel'
import { ObservabilityModule } from '#libs/observability'
import { type OpenedDatabase, PostgresModule } from '#libs/postgres'
import { RealtimeModule } from '#libs/realtime'
import { RestModule } from '#libs/rest'
import { seedsOf, SettingsModule } from '#libs/settings'
import { StorageModule, storageSettings } from '#libs/storage'
import type { Configuration } from './configuration.ts'
import { GraphqlAdminModule } from './graphql-admin.module.ts'
import type { Keyring } from './keyring.ts'
import type { Observers } from './observers.ts'
import { PlatformModule } from './platform.module.ts'

/** What the application is made of, beside its configuration. */
export interface Parts {
  readonly data: DataDirectory
  readonly database: OpenedDatabase
  readonly logger: Logger
  readonly keyring: Keyring
  readonly observers: Observers
  readonly version: string
  readonly startedAt: Date
  /** The URL that clients use, without a slash at its end. */
  readonly url: string
  readonly environment: NodeJS.ProcessEnv
  /** Signs storage's URLs. */
  readonly storageSecret: string
  /** Folder with the console's built files. */
  readonly siteFolder: string
}

/** The root module. */
@Module({})
export class AppModule {
  static register(configuration: Configuration, parts: Parts): DynamicModule {
    return {
      module: AppModule,
      imports: [...foundations(configuration, parts), ...apis(configuration, parts)],
      providers: [{ provide: APP_FILTER, useClass: PlatformErrorFilter }],
    }
  }
}

/** The environment's limits are where an owner's settings start from. */
function graphqlArea({ graphql, rest }: Configuration) {
  return graphqlSettings({
    depthMax: graphql.PLINTH_GRAPHQL_MAX_DEPTH,
    costMax: graphql.PLINTH_GRAPHQL_MAX_COST,
    introspection: graphql.PLINTH_GRAPHQL_INTROSPECTION,
    rowsMax: rest.PLINTH_API_MAX_ROWS,
  })
}

function foundations(configuration: Configuration, { data, database, environment, logger, url }: Parts): DynamicModule[] {
  const { blob, bus, catalog, identity } = configuration
  return [
    PlatformModule.register(logger),
    PostgresModule.register(database),
    BlobModule.register({ folder: data.file('objects'), s3: s3OptionsOf(blob) }),
    BusModule.register({ redisUrl: bus.PLINTH_REDIS_URL }),
    CatalogModule.register({ schemas: catalog.PLINTH_API_SCHEMAS, extraSearchPath: catalog.PLINTH_API_EXTRA_SEARCH_PATH }),
    SettingsModule.register({ areas: [authSettings, storageSettings, graphqlArea(configuration)], seeds: seedsOf(environment) }),
    IdentityModule.register({
      secrets: data,
      jwtSecret: identity.PLINTH_JWT_SECRET,
      externalKeys: identity.PLINTH_JWT_JWKS,
      anonRole: identity.PLINTH_API_ANON_ROLE,
      issuer: `${url}/auth/v1`,
    }),
    ChangesModule.register({ feed: { replicationUrl: database.urls.replication }, subscriptions: { schemas: catalog.PLINTH_API_SCHEMAS } }),
  ]
}

function apis(configuration: Configuration, parts: Parts): DynamicModule[] {
  const { PLINTH_OWNER_EMAIL: email, PLINTH_OWNER_PASSWORD: password } = configuration.console
  const { rest } = configuration
  const extraSearchPath = configuration.catalog.PLINTH_API_EXTRA_SEARCH_PATH
  const graphql = GraphqlDialectModule.register({
    settings: graphqlArea(configuration),
    preRequest: rest.PLINTH_API_PRE_REQUEST,
    extraSearchPath,
  })
  return [
    RestModule.register({
      rowsMax: rest.PLINTH_API_MAX_ROWS,
      preRequest: rest.PLINTH_API_PRE_REQUEST,
      txEnd: rest.PLINTH_API_TX_END,
      aggregates: rest.PLINTH_API_AGGREGATES,
      plans: rest.PLINTH_API_PLAN,
      extraSearchPath,
      publicUrl: parts.url,
      version: parts.version,
    }),
    graphql,
    GraphqlAdminModule.register(graphql),
    AuthModule.register({ version: parts.version }),
    RealtimeModule.register(),
    StorageModule.register({ signingSecret: parts.storageSecret }),
    ObservabilityModule.register({ health: parts.observers.health, metrics: parts.observers.metrics }),
    ConsoleModule.register({
      version: parts.version,
      publicUrl: parts.url,
      startedAt: parts.startedAt,
      databaseKind: parts.database.server === undefined ? 'external' : 'embedded',
      storageDriver: configuration.blob.PLINTH_S3_ENDPOINT === undefined ? 'disk' : 's3',
      databaseUrls: parts.database.urls,
      keys: parts.keyring.current,
      owner: email === undefined || password === undefined ? undefined : { email, password },
      siteFolder: parts.siteFolder,
    }),
  ]
}
