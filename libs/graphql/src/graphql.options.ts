// What the composition hands in.

/** Token of {@link GraphqlDialectOptions}. */
export const GRAPHQL_OPTIONS = Symbol('GraphqlDialectOptions')

/** Limits and switches of the dialect; all have defaults. */
export interface GraphqlDialectOptions {
  /** Default `/graphql/v1`. */
  readonly path?: string
  /** Levels of fields a query may have. Default 12 (PLINTH_GRAPHQL_MAX_DEPTH). */
  readonly depthMax?: number
  /** Objects a query may stand for, a list counted as at most 5 rows. Default 10000 (PLINTH_GRAPHQL_MAX_COST). */
  readonly costMax?: number
  /** May `__schema` and `__type` be asked for? Default true (PLINTH_GRAPHQL_INTROSPECTION). */
  readonly introspection?: boolean
  /** Size of a request's body. Default 4 MB. */
  readonly bodyBytesMax?: number
  /** Lexical tokens of a document. Default 10000. */
  readonly tokensMax?: number
  /** Aliases in a document. Default 100. */
  readonly aliasesMax?: number
  /** Fields at the root of an operation. Default 50. */
  readonly rootFieldsMax?: number
  /** Operations in a batch. Default 20. */
  readonly batchMax?: number
}

/** Fills in the defaults. */
export function withDefaults(options: GraphqlDialectOptions): Required<GraphqlDialectOptions> {
  return {
    path: options.path ?? '/graphql/v1',
    depthMax: options.depthMax ?? 12,
    costMax: options.costMax ?? 10_000,
    introspection: options.introspection ?? true,
    bodyBytesMax: options.bodyBytesMax ?? 4_000_000,
    tokensMax: options.tokensMax ?? 10_000,
    aliasesMax: options.aliasesMax ?? 100,
    rootFieldsMax: options.rootFieldsMax ?? 50,
    batchMax: options.batchMax ?? 20,
  }
}
