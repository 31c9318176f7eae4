// The driver inside @nestjs/graphql. At boot it makes a schema of hand-written resolvers only: that of the database is
// looked up per request, by role.
import { Inject, Injectable } from '@nestjs/common'
import { AbstractGraphQLDriver, type GqlModuleOptions } from '@nestjs/graphql'
import type { FastifyInstance } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import { EMPTY_QUERY } from '../resolvers/empty-query.resolver.ts'
import { HandWrittenFields } from '../resolvers/hand-written-fields.ts'
import { ExplainRoute } from './explain-route.ts'
import { GraphqlEndpoint } from './graphql-endpoint.ts'
import { GraphqlSockets } from './ws-endpoint.ts'

/** Serves the dialect through GraphQLModule. */
@Injectable()
export class DialectGraphQLDriver extends AbstractGraphQLDriver<GqlModuleOptions> {
  constructor(
    @Inject(GraphqlEndpoint) private readonly endpoint: GraphqlEndpoint,
    @Inject(ExplainRoute) private readonly explain: ExplainRoute,
    @Inject(GraphqlSockets) private readonly sockets: GraphqlSockets,
  ) {
    super()
  }

  /** The schema of the application's own resolvers; that of the database is looked up per request, by role. */
  override async generateSchema(options: GqlModuleOptions): Promise<GraphQLSchema> {
    const schema = await super.generateSchema({ ...options, autoSchemaFile: true })!
    const fields = new HandWrittenFields(schema, new Set([EMPTY_QUERY]))
    if ((['query', 'mutation', 'subscription'] as const).some((root) => fields.names(root).length > 0))
      for (const executor of [this.endpoint.executor, this.endpoint.relay]) executor.useHandWritten(fields)
    return schema
  }

  start(options: GqlModuleOptions): Promise<void> {
    const fastify = this.httpAdapterHost.httpAdapter.getInstance<FastifyInstance>()
    const path = options.path ?? '/graphql/v1'
    this.endpoint.install(fastify, path)
    this.explain.install(fastify, path)
    this.sockets.install(fastify.server, path)
    return Promise.resolve()
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }
}
