// One GraphQL request from text to the answer's JSON text: plan (or a plan from the cache), run, wrap.
import { type Catalog, type HttpRequestFacts, RequestSessions, searchPathOf, type SessionSettings } from '#libs/catalog'
import type { Principal } from '#libs/identity'
import type { Recipient, RequestContext, Statement, StatementResult } from '#libs/postgres'
import { documentOf } from '#libs/query'
import type { Variables } from '../plan/inputs.ts'
import type { Session } from '../plan/parameters.ts'
import type { OperationPlan } from '../plan/plan-operation.ts'
import type { HandWrittenCall, HandWrittenFields, ResolvedEvent, ResolverContext } from '../resolvers/hand-written-fields.ts'
import { asGraphQLFailure } from './database-failures.ts'
import { subscriptionsRefused } from './validation.ts'
import type { GraphqlLimits } from '../graphql.options.ts'
import { type AllowedDocuments, type CatalogSource, OperationPlans } from './operation-plans.ts'
import { runMutation } from './run-mutation.ts'
import { statementOf } from './statements.ts'

/** What the executor needs of the database; RequestDatabase is one. */
export interface ExecutorDatabase {
  /** One statement in one implicit transaction under the caller's role. */
  run(context: RequestContext, statement: Statement): Promise<StatementResult>
  /** Several statements in one transaction; undone when `work` throws. */
  transaction<T>(context: RequestContext, work: (tx: { run(statement: Statement): Promise<StatementResult> }) => Promise<T>): Promise<T>
}

/** One operation to run. */
export interface OperationRequest {
  readonly query: string
  readonly variables: Variables
  readonly operationName: string | undefined
  readonly principal: Principal
  /** False for GET: mutations are refused. */
  readonly mayWrite: boolean
  /** Called once the document has proven to be one that the role may send. */
  readonly planned?: () => void
  /** Who waits for the answer: a query that takes long is given up when they have gone. A mutation never is. */
  readonly recipient?: Recipient
  /** The HTTP request, or the socket's, for functions of the database that read `request.headers` and its kin. */
  readonly http?: HttpRequestFacts
  /** The request that a socket began with: what resolvers look for, as `http` elsewhere. */
  readonly upgrade?: HttpRequestFacts
}

/** What else an executor may be given. */
export interface ExecutorParts {
  /** Statement that calls the owner's pre-request function. */
  readonly preamble?: string
  /** Schemas that are searched after the default one. Default none. */
  readonly extraSearchPath?: readonly string[]
  /** Asked when the allow-list is on; without one, nothing is allowed then. */
  readonly allowList?: AllowedDocuments
  /** Serves Relay: connections, global ids and `node`. */
  readonly relay?: boolean
}

/** Runs operations. One for the process. */
export class GraphQLExecutor {
  /** Documents to plans; also for those who run plans in their own way. */
  readonly plans: OperationPlans
  private readonly settled: ExecutorDatabase
  private sessions: RequestSessions | undefined
  private sessionsOf: Catalog | undefined
  private searchPath: SessionSettings | undefined
  private handWritten: HandWrittenFields | undefined

  constructor(
    database: ExecutorDatabase,
    private readonly catalog: CatalogSource,
    private limits: GraphqlLimits,
    private readonly parts: ExecutorParts = {},
  ) {
    this.plans = new OperationPlans(catalog, limits, parts.allowList, parts.relay)
    this.settled = withIsolation(database)
  }

  /** Other limits from now on. */
  configure(limits: GraphqlLimits): void {
    this.limits = limits
    this.plans.configure(limits)
  }

  /** Runs an operation and gives the answer's JSON text. Throws GraphQLFailure. */
  async execute(request: OperationRequest): Promise<string> {
    const { query, variables, operationName, principal, mayWrite } = request
    const document = { query, variables, operationName, role: principal.role, mayWrite }
    const plan = this.plans.known(document) ?? (await this.plans.find(document))
    request.planned?.()
    if (plan.handWritten !== undefined || plan.introspected !== undefined) return this.executeWithOutside(request, plan)
    if (plan.kind === 'local') return `{"data":${plan.data(variables)}}`
    const context = this.contextOf(principal, plan.kind === 'query', request.http, request.recipient)
    if (plan.kind === 'mutation') return runMutation(this.settled, context, plan.steps, variables, principal.authenticated)
    return this.runQuery(plan, variables, context, principal)
  }

  /** Root fields of the application's own resolvers from now on. Called once, before the first request. */
  useHandWritten(fields: HandWrittenFields): void {
    this.handWritten = fields
    this.plans.useHandWritten(fields)
  }

  /**
   * What is not in the database, and the database, together. A query's resolvers and introspection go first, and the
   * database's statement puts their values among its own; a mutation's resolvers go last, in their order, when what the
   * database did is committed.
   */
  private async executeWithOutside(request: OperationRequest, plan: OperationPlan): Promise<string> {
    const { principal, variables, http, upgrade, recipient } = request
    const context = this.contextOf(principal, plan.kind === 'query', http, recipient)
    const { handWritten: call, introspected = [] } = plan
    const resolved = async () =>
      call === undefined ? noValues : this.handWritten!.run(call, variables, { req: upgrade ?? http, principal })
    if (plan.kind === 'mutation') return runMutation(this.settled, context, plan.steps, variables, principal.authenticated, resolved)
    const outside = new Map(await resolved())
    for (const field of introspected) outside.set(field.key, await field.tell(variables))
    const session = { ...context, outside }
    if (plan.kind === 'local') return `{"data":${plan.data(variables, session)}}`
    return this.runQuery(plan, variables, session, principal)
  }

  /** Opens a resolver's subscription. Throws GraphQLFailure. */
  openResolver(call: HandWrittenCall, variables: Variables, context: ResolverContext): Promise<AsyncGenerator<ResolvedEvent, void, void>> {
    return this.handWritten!.open(call, variables, context)
  }

  private async runQuery(
    plan: Exclude<OperationPlan, { kind: 'mutation' | 'local' }>,
    variables: Variables,
    context: RequestContext & Session,
    principal: Principal,
  ): Promise<string> {
    // Where there are subscriptions, LiveQueries opens them.
    if (plan.kind === 'resolver_subscription') throw subscriptionsRefused()
    try {
      const result = await this.settled.run(context, statementOf(plan.plan, variables, context))
      return `{"data":${documentOf(plan.plan, result.rows[0]?.[0])}}`
    } catch (error) {
      throw asGraphQLFailure(error, '$', principal.authenticated)
    }
  }

  /** Under whose rights and settings a statement of that caller runs. */
  contextOf({ role, claimsJson }: Principal, readOnly: boolean, http?: HttpRequestFacts, recipient?: Recipient): RequestContext {
    const catalog = this.catalog.current()
    let { sessions } = this
    if (sessions === undefined || catalog !== this.sessionsOf) {
      this.sessionsOf = catalog
      sessions = this.sessions = new RequestSessions(catalog, this.parts.preamble)
      const searchPath = searchPathOf(catalog.schemas[0] ?? 'public', this.parts.extraSearchPath ?? [])
      this.searchPath = searchPath.length === 0 ? undefined : searchPath
    }
    const { timeoutMs } = this.limits
    return {
      role,
      claimsJson,
      readOnly,
      timeoutMs: timeoutMs === 0 ? undefined : timeoutMs,
      settings: sessions.settings(role, http, this.searchPath),
      isolation: sessions.isolation(role),
      preamble: this.parts.preamble,
      recipient: readOnly ? recipient : undefined,
    }
  }
}

const noValues: ReadonlyMap<string, string> = new Map()

/** Only an explicit transaction has another isolation level than Postgres' default. */
function withIsolation(database: ExecutorDatabase): ExecutorDatabase {
  return {
    run: (context, statement) =>
      context.isolation === undefined ? database.run(context, statement) : database.transaction(context, (tx) => tx.run(statement)),
    transaction: (context, work) => database.transaction(context, work),
  }
}
