// What the composition hands in.
import type { GraphqlSettings } from './graphql.settings.ts'
import type { SubscriptionLimits } from './subscriptions/subscription-limits.ts'

/** Token of {@link GraphqlDialectOptions}. */
export const GRAPHQL_OPTIONS = Symbol('GraphqlDialectOptions')

/** Limits and switches of the dialect; all have defaults. Those that are settings too give way to the owner's values. */
export interface GraphqlDialectOptions {
  /** Default `/graphql/v1`. */
  readonly path?: string
  /** The settings area that an owner changes at run time; SettingsService must know it. Default: the values below stand. */
  readonly settings?: GraphqlSettings
  /** `schema.function`, run before the statement of every request (PLINTH_API_PRE_REQUEST). */
  readonly preRequest?: string
  /** Schemas that functions, operators and types of extensions may be in, after the default one (PLINTH_API_EXTRA_SEARCH_PATH). Default none. */
  readonly extraSearchPath?: readonly string[]
  /** Size of a request's body. Default 4 MB. */
  readonly bodyBytesMax?: number
  /** How much sockets, event streams and subscriptions may take. */
  readonly subscriptions?: Partial<SubscriptionLimits>
  /** Where a browser is sent that opens the endpoint. Default `/console/graphql`. */
  readonly consolePath?: string
  /** Levels of fields a query may have. Default 12. */
  readonly depthMax?: number
  /** Objects a query may stand for, a list counted as at most 5 rows. Default 10000. */
  readonly costMax?: number
  /** Most rows of a list. Default: no limit. */
  readonly rowsMax?: number
  /** Time limit of an operation's statements in milliseconds; 0 for the database's own. Default 0. */
  readonly timeoutMs?: number
  /** May `__schema` and `__type` be asked for by others than service_role? Default true. */
  readonly introspection?: boolean
  /** Roles that may not although others may. Default none. */
  readonly introspectionDeniedRoles?: readonly string[]
  /** Tables a role may see for its schema to be told as a whole. Default 1000. */
  readonly introspectionTablesMax?: number
  /** Are documents of the allow-list the only ones that run, but for service_role? Default false. */
  readonly allowListEnabled?: boolean
  /** Automatic persisted queries. Default true. */
  readonly persistedQueriesEnabled?: boolean
  /** Are object relationships to tables with row-level security nullable in the schema? Default false. */
  readonly policiesMakeNullable?: boolean
  /** Does everybody see Postgres' own words on failures? Default false. */
  readonly errorDetails?: boolean
  /** Lexical tokens of a document. Default 10000. */
  readonly tokensMax?: number
  /** Aliases in a document. Default 100. */
  readonly aliasesMax?: number
  /** Fields at the root of an operation. Default 50. */
  readonly rootFieldsMax?: number
  /** Operations in a batch. Default 20. */
  readonly batchMax?: number
}

/** What an owner may change while the server runs. */
export type GraphqlLimits = Required<
  Omit<GraphqlDialectOptions, 'path' | 'settings' | 'preRequest' | 'extraSearchPath' | 'bodyBytesMax' | 'subscriptions' | 'consolePath'>
>

const limitDefaults: GraphqlLimits = {
  depthMax: 12,
  costMax: 10_000,
  rowsMax: Infinity,
  timeoutMs: 0,
  introspection: true,
  introspectionDeniedRoles: [],
  introspectionTablesMax: 1_000,
  allowListEnabled: false,
  persistedQueriesEnabled: true,
  policiesMakeNullable: false,
  errorDetails: false,
  tokensMax: 10_000,
  aliasesMax: 100,
  rootFieldsMax: 50,
  batchMax: 20,
}

/** Fills in the defaults. */
export function withDefaults(
  options: GraphqlDialectOptions,
): GraphqlDialectOptions & GraphqlLimits & { readonly path: string; readonly bodyBytesMax: number } {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as GraphqlDialectOptions
  return { path: '/graphql/v1', bodyBytesMax: 4_000_000, ...limitDefaults, ...given }
}
