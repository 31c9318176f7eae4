/** The module that serves the dialect: `GraphqlDialectModule.register(options)`. */
export { GraphqlDialectModule } from './graphql.module.ts'
export { graphqlConfig } from './graphql.config.ts'
export { graphqlErrors, GraphQLFailure, type GraphQLErrorCode } from './graphql.errors.ts'
export type { GraphqlDialectOptions } from './graphql.options.ts'
export { GraphqlEndpoint } from './http/graphql-endpoint.ts'
export {
  GraphQLExecutor,
  type CatalogSource,
  type ExecutorDatabase,
  type ExecutorLimits,
  type OperationRequest,
} from './execute/graphql-executor.ts'
