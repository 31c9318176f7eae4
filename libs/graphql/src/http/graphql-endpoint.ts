// The HTTP side: GraphQL over HTTP for POST (one or a batch) and GET, answers in Hasura's shape. A raw Fastify route,
// because the database's JSON text goes out as it came.
import { Inject, Injectable, Optional } from '@nestjs/common'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CatalogService, type HttpRequestFacts, PreRequestFunction } from '#libs/catalog'
import { type Principal, PrincipalResolver, SERVICE_ROLE } from '#libs/identity'
import { type Logger, LOGGER } from '#libs/kernel'
import { RequestDatabase } from '#libs/postgres'
import { SettingsService } from '#libs/settings'
import { AllowList } from '../documents/allow-list.ts'
import { DocumentSource } from '../documents/document-source.ts'
import { asGraphQLFailure } from '../execute/database-failures.ts'
import { GraphQLExecutor, type OperationRequest } from '../execute/graphql-executor.ts'
import { GRAPHQL_OPTIONS, type GraphqlDialectOptions, withDefaults } from '../graphql.options.ts'
import { GraphQLFailure, graphqlErrors } from '../graphql.errors.ts'
import { exactNumbers } from './exact-json.ts'
import { failureBody } from './error-body.ts'
import { GRAPHQL_RESPONSE_TYPE, JSON_TYPE, wantsEventStream, wantsGraphqlResponse, wantsPage } from './media-type.ts'
import { operationOf, operationOfQueryString, operationsOf, type SentOperation } from './request-body.ts'

const ALLOWED = 'GET, HEAD, POST, OPTIONS'
/** What makes a GET one of GraphQL, and not a browser's look at the address. */
const operationKeys = ['query', 'documentId', 'extensions'] as const

/** Answers requests of clients that take several answers. */
export interface EventStreamServer {
  serve(sent: SentOperation, principal: Principal, request: FastifyRequest, reply: FastifyReply, executor: GraphQLExecutor): FastifyReply
}

/** The route of the dialect. */
@Injectable()
export class GraphqlEndpoint {
  /** Runs operations; also for those who speak GraphQL over another transport. */
  readonly executor: GraphQLExecutor
  /** The same at the path of Relay. */
  readonly relay: GraphQLExecutor
  private options: ReturnType<typeof withDefaults>
  private streams: EventStreamServer | undefined

  constructor(
    @Inject(PrincipalResolver) private readonly principals: PrincipalResolver,
    @Inject(RequestDatabase) database: RequestDatabase,
    @Inject(CatalogService) catalog: CatalogService,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(GRAPHQL_OPTIONS) options: GraphqlDialectOptions,
    @Inject(AllowList) allowList: AllowList,
    @Inject(DocumentSource) private readonly documents: DocumentSource,
    @Optional() @Inject(SettingsService) settings?: SettingsService,
  ) {
    this.options = withDefaults(options)
    const preamble = options.preRequest === undefined ? undefined : new PreRequestFunction(options.preRequest).call
    const parts = { preamble, allowList, extraSearchPath: options.extraSearchPath }
    this.executor = new GraphQLExecutor(database, catalog, this.options, parts)
    this.relay = new GraphQLExecutor(database, catalog, this.options, { ...parts, relay: true })
    if (settings !== undefined && options.settings !== undefined) this.follow(settings, options.settings, options)
  }

  /** Registers the routes at `path`, and those of Relay below it. */
  install(fastify: FastifyInstance, path: string): void {
    this.addRoutes(fastify, path, this.executor)
    this.addRoutes(fastify, `${path}/relay`, this.relay)
  }

  private addRoutes(fastify: FastifyInstance, path: string, executor: GraphQLExecutor): void {
    this.scope(fastify, (scope) => {
      scope.post(path, { bodyLimit: this.options.bodyBytesMax }, (request, reply) => this.post(request, reply, executor))
      scope.route({
        method: ['GET', 'HEAD'],
        url: path,
        exposeHeadRoute: false,
        handler: (request, reply) => this.get(request, reply, executor),
      })
      scope.options(path, (_request, reply) => reply.code(204).header('allow', ALLOWED).send())
      scope.route({
        method: ['PUT', 'PATCH', 'DELETE'],
        url: path,
        handler: (request, reply) => this.refuse(methodUnknown(), request, reply.header('allow', ALLOWED), undefined),
      })
    })
  }

  /** A scope of routes whose refusals have the dialect's shape. */
  scope(fastify: FastifyInstance, addRoutes: (scope: FastifyInstance) => void): void {
    void fastify.register((scope, _options, done) => {
      // Only JSON is taken, so that no form of another site can send a request without a preflight.
      scope.removeAllContentTypeParsers()
      // Keys such as "__proto__" are data like others: they become own keys, and no code of ours assigns by a key of a request.
      const parse = scope.getDefaultJsonParser('ignore', 'ignore')
      scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) =>
        parse(request, body, (error, parsed) => done(error, error === null ? exactNumbers(body, parsed) : undefined)),
      )
      scope.setErrorHandler((error, request, reply) => this.refuse(refusalOf(error), request, reply, undefined))
      addRoutes(scope)
      done()
    })
  }

  /** What an owner changes holds from the next request on. */
  private follow(settings: SettingsService, area: NonNullable<GraphqlDialectOptions['settings']>, options: GraphqlDialectOptions): void {
    const apply = () => {
      this.options = withDefaults({ ...options, ...settings.get(area) })
      this.executor.configure(this.options)
      this.relay.configure(this.options)
    }
    apply()
    settings.onChange(area, apply)
  }

  private async post(request: FastifyRequest, reply: FastifyReply, executor: GraphQLExecutor): Promise<FastifyReply> {
    let principal: Principal | undefined
    try {
      const sent = operationsOf(request.body, this.options.batchMax)
      // A known token needs no turn of the event loop.
      const resolved = this.principal(request)
      principal = resolved instanceof Promise ? await resolved : resolved
      if (this.streams !== undefined && wantsEventStream(request.headers.accept) && !Array.isArray(sent))
        return this.streams.serve(sent as SentOperation, principal, request, reply, executor)
      if (Array.isArray(sent)) return await this.batch(sent, principal, request, reply, executor)
      return answer(request, reply, 200, await this.run(sent as SentOperation, principal, request, executor))
    } catch (error) {
      return this.refuse(error, request, reply, principal)
    }
  }

  private async get(request: FastifyRequest, reply: FastifyReply, executor: GraphQLExecutor): Promise<FastifyReply> {
    let principal: Principal | undefined
    try {
      const query = request.query as Record<string, unknown>
      if (wantsPage(request.headers.accept) && !operationKeys.some((key) => query[key] !== undefined))
        return reply.header('vary', 'Accept').redirect(this.options.consolePath ?? '/console/graphql', 302)
      const sent = operationOfQueryString(query)
      principal = await this.principal(request)
      if (this.streams !== undefined && wantsEventStream(request.headers.accept))
        return this.streams.serve(sent, principal, request, reply, executor)
      return answer(request, reply, 200, await this.run(sent, principal, request, executor))
    } catch (error) {
      return this.refuse(error, request, reply, principal)
    }
  }

  /** One after the other: a batch must not take more connections than any other request. */
  private async batch(
    sent: readonly unknown[],
    principal: Principal,
    request: FastifyRequest,
    reply: FastifyReply,
    executor: GraphQLExecutor,
  ): Promise<FastifyReply> {
    const answers: string[] = []
    for (const each of sent) {
      try {
        answers.push(await this.run(operationOf(each), principal, request, executor))
      } catch (error) {
        answers.push(failureBody(this.note(error, request), this.showsDetails(principal)))
      }
    }
    return answer(request, reply, 200, `[${answers.join(',')}]`)
  }

  /** Hands requests for several answers to `streams`. */
  useEventStreams(streams: EventStreamServer): void {
    this.streams = streams
  }

  /** What the executor is to run, for any transport. */
  operationFor(sent: SentOperation, principal: Principal, mayWrite: boolean, http: HttpRequestFacts): OperationRequest {
    const { query, variables, operationName } = sent
    const isPlain = query !== undefined && sent.persistedHash === undefined
    const found = isPlain ? { query } : this.documents.find(sent, this.options.persistedQueriesEnabled)
    return { query: found.query, variables, operationName, principal, mayWrite, http, planned: found.keep }
  }

  private run(sent: SentOperation, principal: Principal, request: FastifyRequest, executor: GraphQLExecutor): Promise<string> {
    const operation = this.operationFor(sent, principal, request.method === 'POST', request.raw)
    return executor.execute({ ...operation, recipient: request.socket })
  }

  /** Who asks, by the request's token or key. */
  principal(request: FastifyRequest): Principal | Promise<Principal> {
    const { authorization, apikey } = request.headers
    const inQuery = (request.query as { apikey?: unknown } | undefined)?.apikey
    const key = apikey ?? inQuery
    return this.principals.resolve({ authorization, apikey: typeof key === 'string' ? key : undefined })
  }

  /** Answers a failure. `principal` may see more of it. */
  refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, principal: Principal | undefined): FastifyReply {
    const failure = this.note(error, request)
    const status = failure.isTransport || takesStatus(request.headers.accept) ? failure.status : 200
    if (status === 405 && !reply.hasHeader('allow')) reply.header('allow', 'POST')
    return answer(request, reply, status, failureBody(failure, this.showsDetails(principal)))
  }

  /** Does this caller see what Postgres said? */
  showsDetails(principal: Principal | undefined): boolean {
    return this.options.errorDetails || principal?.role === SERVICE_ROLE
  }

  private note(error: unknown, request: FastifyRequest): GraphQLFailure {
    const failure = asGraphQLFailure(error, '$', false)
    if (failure.status >= 500) this.logger.error({ requestId: request.id, err: failure.cause ?? failure }, failure.message)
    return failure
  }
}

/** Clients of event streams look at the status alone. */
function takesStatus(accept: string | undefined): boolean {
  return wantsGraphqlResponse(accept) || wantsEventStream(accept)
}

function answer(request: FastifyRequest, reply: FastifyReply, status: number, body: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', wantsGraphqlResponse(request.headers.accept) ? GRAPHQL_RESPONSE_TYPE : JSON_TYPE)
    .send(body)
}

function methodUnknown(): GraphQLFailure {
  return new GraphQLFailure(graphqlErrors.method_unknown().message, 'method-not-allowed', '$', 405, true)
}

/** Fastify's own refusals, before the route runs. */
function refusalOf(error: unknown): unknown {
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (statusCode === 413) return new GraphQLFailure('The request body is larger than this path takes.', 'bad-request', '$', 413, true)
  if (statusCode === 415) return new GraphQLFailure('Send the request as application/json.', 'bad-request', '$', 415, true)
  if (statusCode === 400) return new GraphQLFailure(`The body is not JSON: ${message ?? ''}`, 'invalid-json', '$', 400, true)
  return error
}
