// Where the plans of requests come from: those that are kept, by what decides the statement, and new ones from the newest
// catalog. A change of the catalog forgets them all.
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { AppError } from '#libs/kernel'
import type { PlatformDatabase } from '#libs/postgres'
import type { Catalog, CatalogService } from '#libs/catalog'
import { planBytes, PlanCache } from '#libs/query'
import { parseAccept } from '../parse/accept.ts'
import { bodyShape, type RequestBody } from '../parse/body.ts'
import { parsePreferences, parseRange } from '../parse/preferences.ts'
import { restError } from '../rest.errors.ts'
import type { RestOptions } from '../rest.options.ts'
import { planRequest } from './plan-request.ts'
import type { RestPlan } from './rest-plan.ts'
import type { RestRequest } from './rest-request.ts'
import { nameOf, type Route } from './route.ts'
import type { PlanRunner } from './run-plan.ts'
import { Timezones } from './timezones.ts'

/** Unknown names may be names that a change of the schema has just made. */
const nameErrors: ReadonlySet<string> = new Set(['PGRST200', 'PGRST202', 'PGRST204', 'PGRST205', 'undefined_column', 'undefined_type'])

/** What planning looks at of a request. */
export type Asked = Pick<FastifyRequest, 'method' | 'headers'>

/** Plans of requests, and what runs those of the newest catalog. */
export class RequestPlans {
  private readonly plans: PlanCache<RestPlan>
  private readonly timezones: Timezones
  private planned: Catalog | undefined
  private currentRunner: PlanRunner | undefined

  constructor(
    private readonly catalog: CatalogService,
    platform: PlatformDatabase,
    private readonly options: RestOptions,
    private readonly runnerOf: (catalog: Catalog) => PlanRunner,
  ) {
    this.plans = new PlanCache({ entriesMax: options.plansMax ?? 5_000, bytesMax: options.planBytesMax ?? 32_000_000 })
    this.timezones = new Timezones(platform)
  }

  /** What runs plans; there is one once a plan or the catalog was asked for. */
  get runner(): PlanRunner {
    return this.currentRunner!
  }

  /** The plan that is kept under a key. */
  known(key: string): RestPlan | undefined {
    this.current()
    return this.plans.get(key)
  }

  /** Plans a request; a name that is not found is looked up once more in a fresh catalog. */
  async make(key: string, request: Asked, route: Route, body: RequestBody | undefined): Promise<RestPlan> {
    await this.timezones.ready(request.headers.prefer as string | undefined)
    const asked = this.read(request, route, body)
    const catalog = this.current()
    let plan: RestPlan
    try {
      plan = this.plan(catalog, asked)
    } catch (error) {
      if (!(error instanceof AppError && error.area === 'rest' && nameErrors.has(error.code))) throw error
      if (!(await this.catalog.refreshIfStale()) && this.catalog.current() === catalog) throw error
      plan = this.plan(this.current(), asked)
    }
    if (plan.nested === undefined) this.plans.offer(key, plan, sizeOf(plan))
    return plan
  }

  /** The newest catalog; plans made with an older one are forgotten. */
  current(): Catalog {
    const catalog = this.catalog.current()
    if (catalog !== this.planned) {
      this.plans.clear()
      this.planned = catalog
      this.currentRunner = this.runnerOf(catalog)
    }
    return catalog
  }

  /** Plans a request with a catalog, for once. */
  plan(catalog: Catalog, request: RestRequest): RestPlan {
    checkSchema(catalog, request.schema)
    const { rowsMax, extraSearchPath, aggregates = false } = this.options
    return planRequest({ catalog, rowsMax, extraSearchPath, aggregates }, request)
  }

  /** Reads what a cached request has no need of: path, headers. */
  read(request: Asked, route: Route, body: RequestBody | undefined): RestRequest {
    const { headers } = request
    const { query, isCall, profile } = route
    const method = request.method as RestRequest['method']
    const { txEnd = 'commit', plans = false } = this.options
    const preferences = parsePreferences(headers.prefer as string | undefined, {
      txOverride: txEnd.endsWith('-allow-override'),
      isTimezone: (name) => this.timezones.has(name),
    })
    return {
      method,
      target: { kind: isCall ? 'call' : 'relation', name: nameOf(route) },
      query,
      schema: profile ?? this.current().schemas[0]!,
      preferences,
      accepted: parseAccept(headers.accept),
      mediaRules: { plans },
      range: method === 'GET' ? parseRange(headers.range) : undefined,
      rollback: preferences.tx === undefined ? txEnd.startsWith('rollback') : preferences.tx === 'rollback',
      body,
    }
  }

  /** Reads the names of time zones, if `Prefer` has one. */
  ready(prefer: string | undefined): Promise<void> {
    return this.timezones.ready(prefer)
  }
}

/** PGRST106 for a schema that is not exposed. */
export function checkSchema(catalog: Catalog, schema: string): void {
  if (catalog.schemas.includes(schema)) return
  throw restError('PGRST106', { schema }, { hint: `Only the following schemas are exposed: ${catalog.schemas.join(', ')}` })
}

function sizeOf({ statement, estimate }: RestPlan): number {
  return 1_000 + (statement === undefined ? 0 : planBytes(statement)) + (estimate === undefined ? 0 : planBytes(estimate))
}

/** Requests with the same key have the same plan. */
export function keyOf(
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
