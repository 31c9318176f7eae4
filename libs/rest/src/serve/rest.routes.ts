// The HTTP edge of the dialect: raw Fastify routes under /rest/v1 in a scope of their own, so that bodies stay bytes and
// errors have the dialect's shape. Nest's controller pipeline is left out: it would cost more than all of our own work.
import type { IncomingHttpHeaders } from 'node:http'
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError, LOGGER, type Logger } from '#libs/kernel'
import { DatabaseError, PlatformDatabase, RequestDatabase } from '#libs/postgres'
import { PrincipalResolver, type Principal } from '#libs/identity'
import { CatalogService, type Catalog } from '#libs/catalog'
import { planBytes, PlanCache } from '#libs/query'
import { answerBatch, BATCH_TYPE, type PlannedStep, type StepRequest } from '../batch/answer-batch.ts'
import { StepFailure } from '../batch/step-failure.ts'
import { answerDenials } from '../denied/answer-denials.ts'
import { asksForDenials, impersonated, otherPreferences } from '../denied/impersonation.ts'
import { answerDocument, documentKindOf } from '../openapi/answer-document.ts'
import { OpenApiDocuments } from '../openapi/open-api-documents.ts'
import { parseAccept } from '../parse/accept.ts'
import { bodyShape, readBody, type RequestBody } from '../parse/body.ts'
import { parsePreferences, parseRange } from '../parse/preferences.ts'
import { decode, shapeOf } from '../parse/shape.ts'
import { REST_OPTIONS, type RestOptions } from '../rest.options.ts'
import { restError } from '../rest.errors.ts'
import { methodsOfFunction, methodsOfRelation, ROOT_METHODS } from './allowed-methods.ts'
import { sendAnswer } from './answer.ts'
import { addressOf, contentLocation } from './content-location.ts'
import { renderError } from './error-body.ts'
import { planRequest } from './plan-request.ts'
import { firstIndexOf, type RestPlan } from './rest-plan.ts'
import type { RestRequest } from './rest-request.ts'
import { PlanRunner } from './run-plan.ts'
import { callWithoutArguments, FUNCTION_EXISTS } from './session.sql.ts'
import { Timezones } from './timezones.ts'

const methods = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'] as const
const PREFIX = '/rest/v1'
const CALL = 'rpc/'

/** Unknown names may be names that a change of the schema has just made. */
const nameErrors: ReadonlySet<string> = new Set(['PGRST200', 'PGRST202', 'PGRST204', 'PGRST205', 'undefined_column', 'undefined_type'])
/** Postgres says the same about names that have just gone. */
const staleStates: ReadonlySet<string> = new Set(['42P01', '42703', '42883', '3F000'])

/** Where a request goes. */
interface Route {
  /** After the prefix, without the query. */
  readonly path: string
  readonly query: string
  readonly isCall: boolean
  readonly profile: string | undefined
}

/** What planning looks at of a request. */
type Asked = Pick<FastifyRequest, 'method' | 'headers'>

/** Serves the REST dialect. */
@Injectable()
export class RestRoutes implements OnModuleInit {
  private readonly plans: PlanCache<RestPlan>
  private readonly documents: OpenApiDocuments
  private readonly timezones: Timezones
  private readonly preRequest: { readonly schema: string; readonly name: string } | undefined
  private planned: Catalog | undefined
  private runner: PlanRunner | undefined

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(REST_OPTIONS) private readonly options: RestOptions,
    @Inject(CatalogService) private readonly catalog: CatalogService,
    @Inject(RequestDatabase) private readonly database: RequestDatabase,
    @Inject(PlatformDatabase) private readonly platform: PlatformDatabase,
    @Inject(PrincipalResolver) private readonly principals: PrincipalResolver,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.plans = new PlanCache({ entriesMax: options.plansMax ?? 5_000, bytesMax: options.planBytesMax ?? 32_000_000 })
    this.documents = new OpenApiDocuments({ publicUrl: options.publicUrl, version: options.version })
    this.timezones = new Timezones(platform)
    const [schema, name] = options.preRequest?.split('.') ?? []
    this.preRequest = schema === undefined || name === undefined ? undefined : { schema, name }
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
    const { schema, name } = this.preRequest!
    const rows = await this.platform.query<{ found: boolean }>(FUNCTION_EXISTS, [schema, name]).catch(() => undefined)
    if (rows?.[0]?.found === false) {
      this.logger.error(
        `PLINTH_API_PRE_REQUEST names ${schema}.${name}, and there is no such function without arguments: every REST request is refused until there is one.`,
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
      return answerDocument(this.documents, this.currentCatalog(), { kind, role: principal.role, schema: profile }, request, reply)
    }
    if (path === 'batch' && method === 'POST' && this.isBatch(request, route)) return this.serveBatch(request, reply, principal, route)
    if (asksForDenials(principal, headers.prefer)) return this.explainDenials(request, reply, route)
    const reading = method === 'GET' || method === 'HEAD' || method === 'DELETE' ? undefined : this.bodyOf(request, route)
    const body = reading instanceof Promise ? await reading : reading
    const { shape, values } = shapeOf(query, isCall)
    const key = keyOf(method!, route, shape, headers, body)
    const plan = this.knownPlan(key) ?? (await this.newPlan(key, request, route, body))
    try {
      const result = await this.runner!.run({ request, principal, plan, slots: values, body })
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
    const catalog = this.currentCatalog()
    return catalog.findRelation(profile ?? catalog.schemas[0]!, 'batch') === undefined
  }

  private async serveBatch(request: FastifyRequest, reply: FastifyReply, principal: Principal, { profile }: Route): Promise<FastifyReply> {
    try {
      const text = await answerBatch(request.body as Buffer | undefined, request.headers.prefer as string | undefined, {
        plan: (step) => this.planStep(step, profile),
        together: (plans, work) => this.runner!.together({ request, principal, plans }, work),
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
    const route: Route = { path, query, isCall: path.startsWith(CALL), profile }
    const { shape, values } = shapeOf(query, route.isCall)
    const key = keyOf(method, route, shape, headers, body)
    const plan = this.knownPlan(key) ?? (await this.newPlan(key, { method, headers }, route, body))
    return { plan, slots: values, body, method, path, address: readAddress(plan, route, values) }
  }

  /** For the owner: the request as that of another user, who may have been denied something. */
  private async explainDenials(request: FastifyRequest, reply: FastifyReply, route: Route): Promise<FastifyReply> {
    const { method } = request
    const isRead = method === 'GET' || method === 'HEAD' || method === 'DELETE'
    const body = isRead ? undefined : await this.bodyOf(request, route)
    const prefer = otherPreferences(request.headers.prefer as string)
    await this.timezones.ready(prefer)
    const catalog = this.currentCatalog()
    const user = impersonated(request.headers['x-plinth-impersonate'], await this.principals.resolve({}), catalog.roles)
    const asked = this.read({ method, headers: { ...request.headers, prefer } }, route, body)
    checkSchema(catalog, asked.schema)
    const { rowsMax, aggregates } = this.options
    const { values: slots } = shapeOf(route.query, route.isCall)
    const run = (plan: RestPlan) => this.runner!.run({ request, principal: user, plan, slots, body })
    const context = { catalog, schema: asked.schema, rowsMax, aggregates }
    return answerDenials(this.database, { context, request: asked, principal: user, plan: () => this.plan(catalog, asked), run }, reply)
  }

  private knownPlan(key: string): RestPlan | undefined {
    this.currentCatalog()
    return this.plans.get(key)
  }

  /** Plans a request; a name that is not found is looked up once more in a fresh catalog. */
  private async newPlan(key: string, request: Asked, route: Route, body: RequestBody | undefined): Promise<RestPlan> {
    await this.timezones.ready(request.headers.prefer as string | undefined)
    const asked = this.read(request, route, body)
    const catalog = this.currentCatalog()
    let plan: RestPlan
    try {
      plan = this.plan(catalog, asked)
    } catch (error) {
      if (!(error instanceof AppError && error.area === 'rest' && nameErrors.has(error.code))) throw error
      if (!(await this.catalog.refreshIfStale()) && this.catalog.current() === catalog) throw error
      plan = this.plan(this.currentCatalog(), asked)
    }
    if (plan.nested === undefined) this.plans.offer(key, plan, sizeOf(plan))
    return plan
  }

  /** The newest catalog; plans made with an older one are forgotten. */
  private currentCatalog(): Catalog {
    const catalog = this.catalog.current()
    if (catalog !== this.planned) {
      this.plans.clear()
      this.planned = catalog
      const preamble = this.preRequest && callWithoutArguments(this.preRequest.schema, this.preRequest.name)
      this.runner = new PlanRunner(catalog, this.database, { preamble, rowsMax: this.options.rowsMax })
    }
    return catalog
  }

  private plan(catalog: Catalog, request: RestRequest): RestPlan {
    checkSchema(catalog, request.schema)
    const { rowsMax, extraSearchPath, aggregates = false } = this.options
    return planRequest({ catalog, rowsMax, extraSearchPath, aggregates }, request)
  }

  /** Reads what a cached request has no need of: path, headers. */
  private read(request: Asked, { path, query, isCall, profile }: Route, body: RequestBody | undefined): RestRequest {
    const { headers } = request
    const method = request.method as RestRequest['method']
    const { txEnd = 'commit', plans = false } = this.options
    const preferences = parsePreferences(headers.prefer as string | undefined, {
      txOverride: txEnd.endsWith('-allow-override'),
      isTimezone: (name) => this.timezones.has(name),
    })
    return {
      method,
      target: { kind: isCall ? 'call' : 'relation', name: nameOf(path, isCall) },
      query,
      schema: profile ?? this.currentCatalog().schemas[0]!,
      preferences,
      accepted: parseAccept(headers.accept),
      mediaRules: { plans },
      range: method === 'GET' ? parseRange(headers.range) : undefined,
      rollback: preferences.tx === undefined ? txEnd.startsWith('rollback') : preferences.tx === 'rollback',
      body,
    }
  }

  private bodyOf(request: FastifyRequest, { path, query, isCall }: Route): RequestBody | Promise<RequestBody> {
    // A path that is nobody's is said so before its body is looked at.
    nameOf(path, isCall)
    if (isCall && request.method !== 'POST') throw restError('PGRST101', { method: request.method })
    const hasColumns = /(?:^|&)columns=/.test(query)
    return readBody(request.body as Buffer | undefined, request.headers['content-type'], { isCall, hasColumns })
  }

  private sendMethods(reply: FastifyReply, { path, isCall, profile }: Route): FastifyReply {
    const catalog = this.currentCatalog()
    const schema = profile ?? catalog.schemas[0]!
    checkSchema(catalog, schema)
    const isDocument = documentKindOf(path) !== undefined
    const methodsFor = isCall ? methodsOfFunction : methodsOfRelation
    return reply
      .code(200)
      .header('allow', isDocument ? ROOT_METHODS : methodsFor(catalog, schema, nameOf(path, isCall)))
      .send()
  }

  private sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, authenticated: boolean): FastifyReply {
    const rendered = renderError(error, authenticated)
    if (rendered.unexpected) this.logger.error({ err: error, reqId: request.id }, 'a REST request failed unexpectedly')
    if (rendered.statusText !== undefined) reply.raw.statusMessage = rendered.statusText
    return reply
      .code(rendered.status)
      .headers(rendered.headers)
      .send(request.method === 'HEAD' ? undefined : rendered.body)
  }
}

function routeOf(url: string, method: string, headers: IncomingHttpHeaders): Route {
  const mark = url.indexOf('?')
  const path = url.slice(PREFIX.length + 1, mark === -1 ? undefined : mark)
  const isReading = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
  return {
    path,
    query: mark === -1 ? '' : url.slice(mark + 1),
    isCall: path.startsWith(CALL),
    profile: (isReading ? headers['accept-profile'] : headers['content-profile']) as string | undefined,
  }
}

/** Content-Location; reads have one. */
function readAddress({ answer, address }: RestPlan, { path, query }: Route, slots: readonly string[]): string {
  if (answer.kind !== 'read') return ''
  return address === undefined ? contentLocation(path, query) : addressOf(address, slots)
}

/** The table or function that a path names. Anything deeper is PGRST125. */
function nameOf(path: string, isCall: boolean): string {
  const name = decode(isCall ? path.slice(CALL.length) : path)
  if (name === '' || name.includes('/')) throw restError('PGRST125')
  return name
}

function checkSchema(catalog: Catalog, schema: string): void {
  if (catalog.schemas.includes(schema)) return
  throw restError('PGRST106', { schema }, { hint: `Only the following schemas are exposed: ${catalog.schemas.join(', ')}` })
}

function sizeOf({ statement, estimate }: RestPlan): number {
  return 1_000 + (statement === undefined ? 0 : planBytes(statement)) + (estimate === undefined ? 0 : planBytes(estimate))
}

/** Requests with the same key have the same plan. */
function keyOf(
  method: string,
  { path, profile }: Route,
  shape: string,
  headers: IncomingHttpHeaders,
  body: RequestBody | undefined,
): string {
  return `${method} ${path}?${shape}${headersShape(headers, profile)}${body === undefined ? '' : bodyShape(body)}`
}

/** What of the headers decides the plan. Most requests have none of these. */
function headersShape(headers: IncomingHttpHeaders, profile: unknown): string {
  const { accept, prefer, range } = headers
  if (prefer === undefined && profile === undefined && range === undefined) return accept === undefined ? '' : `\n${accept}`
  return `\n${accept ?? ''}\n${String(prefer ?? '')}\n${String(profile ?? '')}\n${range ?? ''}`
}
