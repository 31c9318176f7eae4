// The HTTP edge of the dialect: raw Fastify routes under /rest/v1 in a scope of their own, so that bodies stay text and
// errors have the dialect's shape. Nest's controller pipeline is left out: it would cost more than all of our own work.
import type { IncomingHttpHeaders } from 'node:http'
import { isUtf8 } from 'node:buffer'
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError, LOGGER, type Logger } from '#libs/kernel'
import { DatabaseError, RequestDatabase, type StatementResult } from '#libs/postgres'
import { PrincipalResolver, type Principal } from '#libs/identity'
import { CatalogService, type Catalog } from '#libs/catalog'
import { objectText, parseJsonBody, rowsText, type JsonBody } from '../parse/body.ts'
import { parseAccept, parsePreferences, parseRange } from '../parse/preferences.ts'
import { answerDocument, documentKindOf } from '../openapi/answer-document.ts'
import { OpenApiDocuments } from '../openapi/open-api-documents.ts'
import { decode, shapeOf } from '../parse/shape.ts'
import { REST_OPTIONS, type RestOptions } from '../rest.options.ts'
import { restError } from '../rest.errors.ts'
import { checkSingle, NOTHING, resultOf, sendAnswer, type PlanResult } from './answer.ts'
import { renderError } from './error-body.ts'
import { planRequest } from './plan-request.ts'
import { PlanCache, valuesOf, type RestPlan } from './rest-plan.ts'
import { requestSettings } from './request-settings.ts'
import type { RestRequest } from './rest-request.ts'

const methods = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'] as const
const PREFIX = '/rest/v1'
const CALL = 'rpc/'

/** Unknown names may be names that a change of the schema has just made. */
const nameErrors: ReadonlySet<string> = new Set(['PGRST200', 'PGRST202', 'PGRST204', 'PGRST205', 'undefined_column', 'undefined_type'])
/** Postgres says the same about names that have just gone. */
const staleStates: ReadonlySet<string> = new Set(['42P01', '42703', '42883', '3F000'])

/** Serves the REST dialect. */
@Injectable()
export class RestRoutes implements OnModuleInit {
  private readonly plans: PlanCache
  private readonly documents: OpenApiDocuments
  private planned: Catalog | undefined

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(REST_OPTIONS) private readonly options: RestOptions,
    @Inject(CatalogService) private readonly catalog: CatalogService,
    @Inject(RequestDatabase) private readonly database: RequestDatabase,
    @Inject(PrincipalResolver) private readonly principals: PrincipalResolver,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.plans = new PlanCache(options.plansMax ?? 2_000)
    this.documents = new OpenApiDocuments({ publicUrl: options.publicUrl, version: options.version })
  }

  async onModuleInit(): Promise<void> {
    const app = this.host.httpAdapter.getInstance<FastifyInstance>()
    await app.register(async (scope) => this.addRoutes(scope), { prefix: PREFIX })
  }

  private addRoutes(scope: FastifyInstance): void {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: this.options.bodyBytesMax }, (_request, body, done) => {
      // Read leniently, bytes that are no text would be stored as replacement characters, and nobody would hear of it.
      if (isUtf8(body as Buffer)) done(null, body.toString())
      else done(restError('PGRST102', { reason: 'The body is not UTF-8' }))
    })
    scope.setErrorHandler((error, request, reply) => this.sendError(error, request, reply, true))
    const handler = (request: FastifyRequest, reply: FastifyReply) => this.handle(request, reply)
    for (const url of ['/', '/*']) {
      scope.route({ method: [...methods], url, exposeHeadRoute: false, handler })
      scope.route({ method: ['PUT'], url, handler: (request) => Promise.reject(restError('PGRST117', { method: request.method })) })
    }
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
    const mark = url.indexOf('?')
    const query = mark === -1 ? '' : url.slice(mark + 1)
    const path = url.slice(PREFIX.length + 1, mark === -1 ? undefined : mark)
    if (url.length > this.options.urlBytesMax) throw restError('url_too_long', { limit: this.options.urlBytesMax })
    const isCall = path.startsWith(CALL)
    const { headers, method } = request.raw
    const kind = documentKindOf(path)
    if (kind !== undefined) {
      const schema = headers['accept-profile'] as string | undefined
      return answerDocument(this.documents, this.catalog.current(), { kind, role: principal.role, schema }, request, reply)
    }
    const body = method === 'GET' || method === 'HEAD' || method === 'DELETE' ? undefined : this.bodyOf(request, isCall, query)
    const { shape, values } = shapeOf(query, isCall)
    const profile = method === 'GET' || method === 'HEAD' ? headers['accept-profile'] : headers['content-profile']
    const key = `${method} ${path}?${shape}${headersShape(headers, profile)}${body === undefined ? '' : bodyShape(body)}`
    const plan = await this.planFor(key, () => this.read(request, path, isCall, query, profile as string | undefined, body))
    const text = body === undefined ? undefined : isCall || method === 'PATCH' ? objectText(body) : rowsText(body)
    const result = plan.statement === undefined ? NOTHING : await this.run(request, principal, plan, values, text)
    return sendAnswer(reply, plan.answer, result)
  }

  /** A cached plan, or a new one; a name that is not found is looked up once more in a fresh catalog. */
  private async planFor(key: string, read: () => RestRequest): Promise<RestPlan> {
    const catalog = this.currentCatalog()
    const known = this.plans.get(key)
    if (known !== undefined) return known
    const request = read()
    let plan: RestPlan
    try {
      plan = this.plan(catalog, request)
    } catch (error) {
      if (!(error instanceof AppError && error.area === 'rest' && nameErrors.has(error.code))) throw error
      if (!(await this.catalog.refreshIfStale()) && this.catalog.current() === catalog) throw error
      plan = this.plan(this.currentCatalog(), request)
    }
    this.plans.set(key, plan)
    return plan
  }

  /** The newest catalog; plans made with an older one are forgotten. */
  private currentCatalog(): Catalog {
    const catalog = this.catalog.current()
    if (catalog !== this.planned) {
      this.plans.clear()
      this.planned = catalog
    }
    return catalog
  }

  private plan(catalog: Catalog, request: RestRequest): RestPlan {
    this.checkSchema(catalog, request.schema)
    return planRequest({ catalog, rowsMax: this.options.rowsMax, extraSearchPath: this.options.extraSearchPath }, request)
  }

  private checkSchema(catalog: Catalog, schema: string): void {
    if (catalog.schemas.includes(schema)) return
    throw restError('PGRST106', { schema }, { hint: `Only the following schemas are exposed: ${catalog.schemas.join(', ')}` })
  }

  /** Reads what a cached request has no need of: path, headers. */
  private read(
    request: FastifyRequest,
    path: string,
    isCall: boolean,
    query: string,
    profile: string | undefined,
    body: JsonBody | undefined,
  ): RestRequest {
    const { headers } = request.raw
    const name = decode(isCall ? path.slice(CALL.length) : path)
    if (name === '') throw restError('PGRST126')
    if (name.includes('/')) throw restError('PGRST125')
    const method = request.method as RestRequest['method']
    return {
      method,
      target: { kind: isCall ? 'call' : 'relation', name },
      query,
      schema: profile ?? this.catalog.current().schemas[0]!,
      preferences: parsePreferences(headers.prefer as string | undefined),
      representation: parseAccept(headers.accept),
      range: method === 'GET' || method === 'HEAD' ? parseRange(headers.range) : undefined,
      body,
    }
  }

  private bodyOf(request: FastifyRequest, isCall: boolean, query: string): JsonBody | undefined {
    const text = request.body as string | undefined
    if (text === undefined || text === '') {
      if (isCall) return undefined
      throw restError('PGRST102', { reason: 'Empty or invalid json' })
    }
    const type = request.headers['content-type'] ?? 'application/json'
    if (!/^application\/json\b/i.test(type)) throw restError('PGRST102', { reason: `Content-Type not acceptable: ${type.slice(0, 100)}` })
    const body = parseJsonBody(text, !/(?:^|&)columns=/.test(query))
    if (isCall && body.rowCount !== 1) throw restError('PGRST102', { reason: 'The arguments of a function are one json object' })
    return body
  }

  private async run(
    request: FastifyRequest,
    principal: Principal,
    plan: RestPlan,
    values: readonly string[],
    body: string | undefined,
  ): Promise<PlanResult> {
    const statement = { text: plan.statement!.text, values: valuesOf(plan.statement!.parameters, values, body) }
    const { columns } = plan.statement!
    const settings = requestSettings(this.currentCatalog(), plan.settings, request)
    const context = { role: principal.role, claimsJson: principal.claimsJson, readOnly: plan.readOnly, settings }
    try {
      if (!plan.undoable) {
        const result = resultOf(columns, firstRow(await this.database.run(context, statement)))
        checkSingle(plan.answer, result)
        return result
      }
      return await this.database.transaction(context, async (tx) => {
        const result = resultOf(columns, firstRow(await tx.run(statement)))
        checkSingle(plan.answer, result)
        return result
      })
    } catch (error) {
      if (error instanceof DatabaseError && staleStates.has(error.sqlstate)) void this.catalog.refreshIfStale()
      throw error
    }
  }

  private sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, authenticated: boolean): FastifyReply {
    const rendered = renderError(error, authenticated)
    if (rendered.unexpected) this.logger.error({ err: error, reqId: request.id }, 'a REST request failed unexpectedly')
    return reply
      .code(rendered.status)
      .headers(rendered.headers)
      .send(request.method === 'HEAD' ? undefined : rendered.body)
  }
}

function firstRow(result: StatementResult): readonly (string | null)[] {
  return result.rows[0] ?? []
}

/** What of the headers decides the plan. Most requests have none of these. */
function headersShape(headers: IncomingHttpHeaders, profile: unknown): string {
  const { accept, prefer, range } = headers
  if (prefer === undefined && profile === undefined && range === undefined) return accept === undefined ? '' : `\n${accept}`
  return `\n${accept ?? ''}\n${String(prefer ?? '')}\n${String(profile ?? '')}\n${range ?? ''}`
}

/** What of a body decides the statement. */
function bodyShape(body: JsonBody): string {
  return `\n\n${body.rowCount === 0 ? 'none' : body.rowCount === 1 ? 'one' : 'many'} ${JSON.stringify(body.keys)}`
}
