/** The module that serves the dialect: `GraphqlDialectModule.register(options)`. */
export { GraphqlDialectModule } from './graphql.module.ts'
export { graphqlConfig } from './graphql.config.ts'
export { graphqlErrors, GraphQLFailure, type GraphQLErrorCode } from './graphql.errors.ts'
export type { GraphqlDialectOptions } from './graphql.options.ts'
export { GraphqlEndpoint } from './http/graphql-endpoint.ts'
export { GraphQLExecutor, type ExecutorDatabase, type OperationRequest } from './execute/graphql-executor.ts'
export type { ExecutorLimits } from './execute/executor-limits.ts'
export type { CatalogSource } from './execute/operation-plans.ts'
