// The HTTP edge of the dialect: raw Fastify routes under /rest/v1 in a scope of their own, so that bodies stay bytes and
// errors have the dialect's shape. Nest's controller pipeline is left out: it would cost more than all of our own work.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LOGGER, type Logger } from '#libs/kernel'
import { DatabaseError, PlatformDatabase, RequestDatabase } from '#libs/postgres'
import { PrincipalResolver, type Principal } from '#libs/identity'
import { CatalogService, PreRequestFunction } from '#libs/catalog'
import { answerBatch, BATCH_TYPE, type PlannedStep, type StepRequest } from '../batch/answer-batch.ts'
import { StepFailure } from '../batch/step-failure.ts'
import { answerDenials } from '../denied/answer-denials.ts'
import { asksForDenials, impersonated, otherPreferences } from '../denied/impersonation.ts'
import { answerDocument, documentKindOf } from '../openapi/answer-document.ts'
import { OpenApiDocuments } from '../openapi/open-api-documents.ts'
import { bodyUseOf, readBody, type RequestBody } from '../parse/body.ts'
import { shapeOf } from '../parse/shape.ts'
import { REST_OPTIONS, type RestOptions } from '../rest.options.ts'
import { restError } from '../rest.errors.ts'
import { methodsOfFunction, methodsOfRelation, ROOT_METHODS } from './allowed-methods.ts'
import { sendAnswer } from './answer.ts'
import { addressOf, contentLocation } from './content-location.ts'
import { renderError, sendRendered } from './error-body.ts'
import { checkSchema, keyOf, RequestPlans } from './request-plans.ts'
import { firstIndexOf, type RestPlan } from './rest-plan.ts'
import { nameOf, PREFIX, routeOf, routeTo, type Route } from './route.ts'
import { PlanRunner } from './run-plan.ts'

const methods = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'] as const

/** What Postgres says about names that have just gone. */
const staleStates: ReadonlySet<string> = new Set(['42P01', '42703', '42883', '3F000'])

/** Serves the REST dialect. */
@Injectable()
export class RestRoutes implements OnModuleInit {
  private readonly plans: RequestPlans
  private readonly documents: OpenApiDocuments
  private readonly preRequest: PreRequestFunction | undefined

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(REST_OPTIONS) private readonly options: RestOptions,
    @Inject(CatalogService) private readonly catalog: CatalogService,
    @Inject(RequestDatabase) private readonly database: RequestDatabase,
    @Inject(PlatformDatabase) private readonly platform: PlatformDatabase,
    @Inject(PrincipalResolver) private readonly principals: PrincipalResolver,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.documents = new OpenApiDocuments({ publicUrl: options.publicUrl, version: options.version })
    this.preRequest = options.preRequest === undefined ? undefined : new PreRequestFunction(options.preRequest)
    const preamble = this.preRequest?.call
    this.plans = new RequestPlans(
      catalog,
      platform,
      options,
      (current) => new PlanRunner(current, database, { preamble, rowsMax: options.rowsMax }),
    )
  }

  async onModuleInit(): Promise<void> {
    const app = this.host.httpAdapter.getInstance<FastifyInstance>()
    await app.register(async (scope) => this.addRoutes(scope), { prefix: PREFIX })
    if (this.preRequest === undefined) return
    this.catalog.onChange(() => void this.checkPreRequest())
    await this.checkPreRequest()
  }

  /** Without its function every request is refused, so the owner hears of it before the first one. */
  private async checkPreRequest(): Promise<void> {
    if ((await this.preRequest!.exists(this.platform)) === false) {
      this.logger.error(
        `PLINTH_API_PRE_REQUEST names ${this.preRequest!.name}, and there is no such function without arguments: every request over REST and GraphQL is refused until there is one.`,
      )
    }
  }

  private addRoutes(scope: FastifyInstance): void {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: this.options.bodyBytesMax }, (_request, body, done) => done(null, body))
    scope.setErrorHandler((error, request, reply) => this.sendError(error, request, reply, true))
    const handler = (request: FastifyRequest, reply: FastifyReply) => this.handle(request, reply)
    for (const url of ['/', '/*']) scope.route({ method: [...methods], url, exposeHeadRoute: false, handler })
    // Fastify knows more methods than the dialect, and Nest would answer them in a shape of its own.
    scope.setNotFoundHandler((request, reply) => this.sendError(restError('PGRST117', { method: request.method }), request, reply, true))
  }

  private async handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    let authenticated = false
    try {
      const { headers } = request.raw
      const resolved = this.principals.resolve({ authorization: headers.authorization, apikey: headers.apikey as string | undefined })
      const principal = resolved instanceof Promise ? await resolved : resolved
      ;({ authenticated } = principal)
      return await this.serve(request, reply, principal)
    } catch (error) {
      return this.sendError(error, request, reply, authenticated)
    }
  }

  private async serve(request: FastifyRequest, reply: FastifyReply, principal: Principal): Promise<FastifyReply> {
    const url = request.raw.url!
    if (url.length > this.options.urlBytesMax) throw restError('url_too_long', { limit: this.options.urlBytesMax })
    const { headers, method } = request.raw
    const route = routeOf(url, method!, headers)
    const { path, query, isCall, profile } = route
    if (method === 'OPTIONS') return this.sendMethods(reply, route)
    const kind = documentKindOf(path)
    if (kind !== undefined) {
      // Generators run right after a migration.
      await this.catalog.refreshIfStale()
      return answerDocument(this.documents, this.plans.current(), { kind, role: principal.role, schema: profile }, request, reply)
    }
    if (path === 'batch' && method === 'POST' && this.isBatch(request, route)) return this.serveBatch(request, reply, principal, route)
    if (asksForDenials(principal, headers.prefer)) return this.explainDenials(request, reply, route)
    const reading = method === 'GET' || method === 'HEAD' || method === 'DELETE' ? undefined : this.bodyOf(request, route)
    const body = reading instanceof Promise ? await reading : reading
    const { shape, values } = shapeOf(query, isCall)
    const key = keyOf(method!, route, shape, headers, body)
    const plan = this.plans.known(key) ?? (await this.plans.make(key, request, route, body))
    try {
      const result = await this.plans.runner.run({ request, principal, plan, slots: values, body })
      const address = readAddress(plan, route, values)
      return sendAnswer(reply, plan.answer, result, firstIndexOf(plan.answer, values), address)
    } catch (error) {
      this.noteStale(error)
      throw error
    }
  }

  private noteStale(error: unknown): void {
    if (error instanceof DatabaseError && staleStates.has(error.sqlstate)) void this.catalog.refreshIfStale()
  }

  /** A table of that name goes first, unless the body says that it is a batch. */
  private isBatch(request: FastifyRequest, { profile }: Route): boolean {
    if (request.headers['content-type']?.startsWith(BATCH_TYPE) === true) return true
    const catalog = this.plans.current()
    return catalog.findRelation(profile ?? catalog.schemas[0]!, 'batch') === undefined
  }

  private async serveBatch(request: FastifyRequest, reply: FastifyReply, principal: Principal, { profile }: Route): Promise<FastifyReply> {
    try {
      const text = await answerBatch(request.body as Buffer | undefined, request.headers.prefer as string | undefined, {
        plan: (step) => this.planStep(step, profile),
        together: (plans, work) => this.plans.runner.together({ request, principal, plans }, work),
      })
      return reply.header('content-type', 'application/json; charset=utf-8').send(text)
    } catch (error) {
      this.noteStale(error instanceof StepFailure ? error.cause : error)
      throw error
    }
  }

  /** A step has a plan of its own kind, the same that it would have alone. */
  private async planStep(step: StepRequest, profile: string | undefined): Promise<PlannedStep> {
    const { method, path, query, headers, body } = step
    const route = routeTo(path, query, profile)
    const { shape, values } = shapeOf(query, route.isCall)
    const key = keyOf(method, route, shape, headers, body)
    const plan = this.plans.known(key) ?? (await this.plans.make(key, { method, headers }, route, body))
    return { plan, slots: values, body, method, path, address: readAddress(plan, route, values) }
  }

  /** For the owner: the request as that of another user, who may have been denied something. */
  private async explainDenials(request: FastifyRequest, reply: FastifyReply, route: Route): Promise<FastifyReply> {
    const { method } = request
    const isRead = method === 'GET' || method === 'HEAD' || method === 'DELETE'
    const body = isRead ? undefined : await this.bodyOf(request, route)
    const prefer = otherPreferences(request.headers.prefer as string)
    await this.plans.ready(prefer)
    const catalog = this.plans.current()
    const user = impersonated(request.headers['x-plinth-impersonate'], await this.principals.resolve({}), catalog.roles)
    const asked = this.plans.read({ method, headers: { ...request.headers, prefer } }, route, body)
    checkSchema(catalog, asked.schema)
    const { rowsMax, aggregates } = this.options
    const { values: slots } = shapeOf(route.query, route.isCall)
    const run = (plan: RestPlan) => this.plans.runner.run({ request, principal: user, plan, slots, body })
    const context = { catalog, schema: asked.schema, rowsMax, aggregates }
    return answerDenials(
      this.database,
      { context, request: asked, principal: user, plan: () => this.plans.plan(catalog, asked), run },
      reply,
    )
  }

  private bodyOf(request: FastifyRequest, { path, query, isCall }: Route): RequestBody | Promise<RequestBody> {
    // A path that is nobody's is said so before its body is looked at.
    nameOf({ path, isCall })
    if (isCall && request.method !== 'POST') throw restError('PGRST101', { method: request.method })
    return readBody(request.body as Buffer | undefined, request.headers['content-type'], bodyUseOf(isCall, query))
  }

  private sendMethods(reply: FastifyReply, { path, isCall, profile }: Route): FastifyReply {
    const catalog = this.plans.current()
    const schema = profile ?? catalog.schemas[0]!
    checkSchema(catalog, schema)
    const isDocument = documentKindOf(path) !== undefined
    const methodsFor = isCall ? methodsOfFunction : methodsOfRelation
    return reply
      .code(200)
      .header('allow', isDocument ? ROOT_METHODS : methodsFor(catalog, schema, nameOf({ path, isCall })))
      .send()
  }

  private sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, authenticated: boolean): FastifyReply {
    const rendered = renderError(error, authenticated)
    if (rendered.unexpected) this.logger.error({ err: error, reqId: request.id }, 'a REST request failed unexpectedly')
    return sendRendered(rendered, request, reply)
  }
}

/** Content-Location; reads have one. */
function readAddress({ answer, address }: RestPlan, { path, query }: Route, slots: readonly string[]): string {
  if (answer.kind !== 'read') return ''
  return address === undefined ? contentLocation(path, query) : addressOf(address, slots)
}
