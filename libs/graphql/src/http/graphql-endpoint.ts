// The HTTP side: GraphQL over HTTP for POST (one or a batch) and GET, answers in Hasura's shape. A raw Fastify route,
// because the database's JSON text goes out as it came.
import { Inject, Injectable } from '@nestjs/common'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CatalogService } from '#libs/catalog'
import { type Principal, PrincipalResolver } from '#libs/identity'
import { type Logger, LOGGER } from '#libs/kernel'
import { RequestDatabase } from '#libs/postgres'
import { asGraphQLFailure } from '../execute/database-failures.ts'
import { GraphQLExecutor } from '../execute/graphql-executor.ts'
import { GRAPHQL_OPTIONS, type GraphqlDialectOptions, withDefaults } from '../graphql.options.ts'
import { GraphQLFailure } from '../graphql.errors.ts'
import { operationOf, operationOfQueryString, operationsOf, type SentOperation } from './request-body.ts'

const json = 'application/json; charset=utf-8'
const graphqlResponse = 'application/graphql-response+json; charset=utf-8'

/** The route of the dialect. */
@Injectable()
export class GraphqlEndpoint {
  /** Runs operations; also for those who speak GraphQL over another transport. */
  readonly executor: GraphQLExecutor
  private readonly options: Required<GraphqlDialectOptions>

  constructor(
    @Inject(PrincipalResolver) private readonly principals: PrincipalResolver,
    @Inject(RequestDatabase) database: RequestDatabase,
    @Inject(CatalogService) catalog: CatalogService,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(GRAPHQL_OPTIONS) options: GraphqlDialectOptions,
  ) {
    this.options = withDefaults(options)
    this.executor = new GraphQLExecutor(database, catalog, this.options)
  }

  /** Registers POST and GET at `path`. */
  install(fastify: FastifyInstance, path: string): void {
    void fastify.register((scope, _options, done) => {
      // Only JSON is taken, so that no form of another site can send a request without a preflight.
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('application/json', { parseAs: 'string' }, scope.getDefaultJsonParser('error', 'error'))
      scope.setErrorHandler((error, request, reply) => this.refuse(refusalOf(error), request, reply))
      scope.post(path, { bodyLimit: this.options.bodyBytesMax }, (request, reply) => this.post(request, reply))
      scope.get(path, { exposeHeadRoute: false }, (request, reply) => this.get(request, reply))
      done()
    })
  }

  private async post(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const sent = operationsOf(request.body, this.options.batchMax)
      const principal = await this.principal(request)
      if (Array.isArray(sent)) return this.batch(sent, principal, request, reply)
      return answer(request, reply, 200, await this.run(sent as SentOperation, principal, true))
    } catch (error) {
      return this.refuse(error, request, reply)
    }
  }

  private async get(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const sent = operationOfQueryString(request.query as Record<string, unknown>)
      return answer(request, reply, 200, await this.run(sent, await this.principal(request), false))
    } catch (error) {
      return this.refuse(error, request, reply)
    }
  }

  /** One after the other: a batch must not take more connections than any other request. */
  private async batch(sent: readonly unknown[], principal: Principal, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const answers: string[] = []
    for (const each of sent) {
      try {
        answers.push(await this.run(operationOf(each), principal, true))
      } catch (error) {
        answers.push(bodyOf(this.note(error, request)))
      }
    }
    return answer(request, reply, 200, `[${answers.join(',')}]`)
  }

  private run(sent: SentOperation, principal: Principal, mayWrite: boolean): Promise<string> {
    return this.executor.execute({ ...sent, principal, mayWrite })
  }

  private principal(request: FastifyRequest): Principal | Promise<Principal> {
    const { authorization, apikey } = request.headers
    const inQuery = (request.query as { apikey?: unknown } | undefined)?.apikey
    const key = apikey ?? inQuery
    return this.principals.resolve({ authorization, apikey: typeof key === 'string' ? key : undefined })
  }

  private refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const failure = this.note(error, request)
    const status = failure.isTransport || wantsGraphqlResponse(request) ? failure.status : 200
    if (status === 405) reply.header('allow', 'POST')
    return answer(request, reply, status, bodyOf(failure))
  }

  private note(error: unknown, request: FastifyRequest): GraphQLFailure {
    const failure = asGraphQLFailure(error, '$', false)
    if (failure.status >= 500) this.logger.error({ requestId: request.id, err: failure.cause ?? failure }, failure.message)
    return failure
  }
}

/** Clients that ask for the newer media type get real statuses with errors; plain JSON clients get Hasura's 200. */
function wantsGraphqlResponse(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('application/graphql-response+json') === true
}

function answer(request: FastifyRequest, reply: FastifyReply, status: number, body: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', wantsGraphqlResponse(request) ? graphqlResponse : json)
    .send(body)
}

function bodyOf({ message, path, code }: GraphQLFailure): string {
  return JSON.stringify({ errors: [{ message, extensions: { path, code } }] })
}

/** Fastify's own refusals, before the route runs. */
function refusalOf(error: unknown): unknown {
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (statusCode === 413) return new GraphQLFailure('The request body is larger than this path takes.', 'bad-request', '$', 413, true)
  if (statusCode === 415) return new GraphQLFailure('Send the request as application/json.', 'bad-request', '$', 415, true)
  if (statusCode === 400) return new GraphQLFailure(`The body is not JSON: ${message ?? ''}`, 'invalid-json', '$', 400, true)
  return error
}
