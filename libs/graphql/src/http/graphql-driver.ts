// The driver inside @nestjs/graphql: no schema is generated at boot, the endpoint looks it up per request, by role.
import { Inject, Injectable } from '@nestjs/common'
import { AbstractGraphQLDriver, type GqlModuleOptions } from '@nestjs/graphql'
import type { FastifyInstance } from 'fastify'
import type { GraphQLSchema } from 'graphql'
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

  override generateSchema(): Promise<GraphQLSchema> | null {
    return null
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
