// `POST <path>/explain`, for owners.
import { Inject, Injectable } from '@nestjs/common'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { SERVICE_ROLE } from '#libs/identity'
import { ExplainOperation } from '../explain/explain-operation.ts'
import { GraphQLFailure, graphqlErrors } from '../graphql.errors.ts'
import { GraphqlEndpoint } from './graphql-endpoint.ts'
import { JSON_TYPE } from './media-type.ts'

/** The route of {@link ExplainOperation}. */
@Injectable()
export class ExplainRoute {
  constructor(
    @Inject(GraphqlEndpoint) private readonly endpoint: GraphqlEndpoint,
    @Inject(ExplainOperation) private readonly explain: ExplainOperation,
  ) {}

  /** Registers the route below the endpoint's path. */
  install(fastify: FastifyInstance, path: string): void {
    this.endpoint.scope(fastify, (scope) => {
      scope.post(`${path}/explain`, (request, reply) => this.answer(request, reply))
    })
  }

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const { role } = await this.endpoint.principal(request)
      // The plan of a statement shows more than its rows.
      if (role !== SERVICE_ROLE) throw new GraphQLFailure(graphqlErrors.explain_forbidden().message, 'access-denied', '$', 403, true)
      return await reply.header('content-type', JSON_TYPE).send(JSON.stringify(await this.explain.run(request.body)))
    } catch (error) {
      return this.endpoint.refuse(error, request, reply, undefined)
    }
  }
}
