// The driver inside @nestjs/graphql: no schema is generated at boot, the endpoint looks it up per request, by role.
import { Inject, Injectable } from '@nestjs/common'
import { AbstractGraphQLDriver, type GqlModuleOptions } from '@nestjs/graphql'
import type { FastifyInstance } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import { GraphqlEndpoint } from './graphql-endpoint.ts'

/** Serves the dialect through GraphQLModule. */
@Injectable()
export class DialectGraphQLDriver extends AbstractGraphQLDriver<GqlModuleOptions> {
  constructor(@Inject(GraphqlEndpoint) private readonly endpoint: GraphqlEndpoint) {
    super()
  }

  override generateSchema(): Promise<GraphQLSchema> | null {
    return null
  }

  start(options: GqlModuleOptions): Promise<void> {
    const fastify = this.httpAdapterHost.httpAdapter.getInstance<FastifyInstance>()
    this.endpoint.install(fastify, options.path ?? '/graphql/v1')
    return Promise.resolve()
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }
}
