// Runs a plan: one statement in one round trip, with what goes before it (role, claims, settings, the pre-request
// function) and after it (the planner's estimate, what functions left for the response). Where the request is to be
// rolled back, or the role asks for another isolation level, in an explicit transaction.
import type { FastifyRequest } from 'fastify'
import {
  DatabaseError,
  type RequestContext,
  type RequestDatabase,
  type RequestTransaction,
  type Statement,
  type StatementResult,
} from '#libs/postgres'
import { guardedRows, type Plan } from '#libs/query'
import type { Principal } from '#libs/identity'
import { type Catalog, RequestSessions } from '#libs/catalog'
import type { RequestBody } from '../parse/body.ts'
import { checkRows, NOTHING, resultOf, type PlanResult } from './answer.ts'
import { behindInserts, resultBehindInserts, unmatchedRefusal } from './nested-inserts.ts'
import { valuesOf, type RestPlan } from './rest-plan.ts'
import { PREFIX } from './route.ts'
import { BEGIN_READING, CHECK_CONSTRAINTS, END_READING, READ_ONLY, RESPONSE_SETTINGS, settingsAgain, STEP_SETTINGS } from './session.sql.ts'

/** A request whose plan is to run. */
export interface PlannedRequest {
  readonly request: FastifyRequest
  readonly principal: Principal
  readonly plan: RestPlan
  /** Values of the query string's shape. */
  readonly slots: readonly string[]
  readonly body: RequestBody | undefined
}

/** Requests that share a transaction. */
export interface PlannedBatch {
  readonly request: FastifyRequest
  readonly principal: Principal
  readonly plans: readonly RestPlan[]
}

/** One of them. `method` and `path` (without prefix) are what its functions are told. */
export type BatchedRequest = Pick<PlannedRequest, 'plan' | 'slots' | 'body'> & { readonly method: string; readonly path: string }

type Following = NonNullable<Statement['after']>[number]

/** Settings that the request chose; those of a function that it calls are not for other steps. */
const requestOwn: ReadonlySet<string> = new Set(['search_path', 'timezone'])
const responseSettings: Following = { text: RESPONSE_SETTINGS, values: [] }
const checkConstraints: Following = { text: CHECK_CONSTRAINTS, values: [] }
/** For a plan without a statement: the pre-request function has its say all the same. */
const nothing: Statement = { text: 'select', values: [] }

/** What all requests of one catalog have in common. */
export class PlanRunner {
  private readonly sessions: RequestSessions

  constructor(
    private readonly catalog: Catalog,
    private readonly database: RequestDatabase,
    private readonly options: { readonly preamble: string | undefined; readonly rowsMax: number },
  ) {
    this.sessions = new RequestSessions(catalog, options.preamble)
  }

  /** Runs a plan under the caller's role. */
  async run(planned: PlannedRequest): Promise<PlanResult> {
    const { plan, principal } = planned
    const { preamble } = this.options
    if (plan.statement === undefined && preamble === undefined) return this.read(plan, undefined)
    const isolation = plan.isolation ?? this.sessions.isolation(principal.role)
    const context: RequestContext = {
      role: principal.role,
      claimsJson: principal.claimsJson,
      readOnly: plan.readOnly,
      // Last wins: a function's own limit goes before its caller's.
      settings: this.sessions.settings(principal.role, planned.request.raw, plan.settings),
      isolation,
      preamble,
      // A write that has begun is brought to its end.
      recipient: plan.readOnly ? planned.request.socket : undefined,
    }
    const own = this.statementOf(planned)
    const statement = plan.nested === undefined ? own : behindInserts(plan.nested, own, (insert) => valuesFor(planned, insert))
    try {
      if (!plan.rollback && isolation === undefined) return this.read(plan, await this.database.run(context, statement))
      return await this.database.transaction(context, async (tx) => {
        if (plan.rollback) tx.setRollbackOnly()
        return this.read(plan, await tx.run(statement))
      })
    } catch (error) {
      throw refusalOf(plan, error)
    }
  }

  /**
   * Runs several plans of one caller in one transaction, each as it would run alone: with its own pre-request call, and
   * read-only where it only reads. What functions leave for the response is not looked at, for there is one response.
   */
  async together<T>(batch: PlannedBatch, work: (run: (step: BatchedRequest) => Promise<PlanResult>) => Promise<T>): Promise<T> {
    const { plans, principal, request } = batch
    const readOnly = plans.every((plan) => plan.readOnly)
    const own = plans[0]?.settings?.filter(([name]) => requestOwn.has(name))
    const settings = this.sessions.settings(principal.role, request.raw, own) ?? []
    const levels = [this.sessions.isolation(principal.role), ...plans.map((plan) => plan.isolation)]
    const isolation = levels.find((level) => level === 'serializable') ?? levels.find((level) => level !== undefined)
    const recipient = readOnly ? request.socket : undefined
    const context: RequestContext = { role: principal.role, claimsJson: principal.claimsJson, readOnly, settings, isolation, recipient }
    // No step may leave the next one another role or other claims.
    const again = { text: settingsAgain(settings.length), values: [principal.role, principal.claimsJson, ...settings.flat()] }
    return await this.database.transaction(context, async (tx) => {
      const rollback = plans.some((plan) => plan.rollback)
      if (rollback) tx.setRollbackOnly()
      const result = await work((step) => this.runStep(tx, step, step.plan.readOnly && !readOnly, again))
      if (rollback) await tx.run(checkConstraints)
      return result
    })
  }

  private async runStep(tx: RequestTransaction, step: BatchedRequest, isolated: boolean, again: Following): Promise<PlanResult> {
    const { plan } = step
    const before: Following[] = []
    if (this.sessions.tellsRequest) before.push({ text: STEP_SETTINGS, values: [step.method, `${PREFIX}/${step.path}`] })
    if (this.options.preamble !== undefined) before.push({ text: this.options.preamble, values: [] })
    if (isolated) before.push({ text: BEGIN_READING, values: [] }, { text: READ_ONLY, values: [] })
    const [first, ...others] = before
    if (first !== undefined) await tx.run({ ...first, after: plan.statement === undefined ? [...others, again] : others })
    if (plan.statement === undefined) return this.read(plan, undefined)
    const after: Following[] = []
    if (plan.estimate !== undefined) after.push({ text: plan.estimate.text, values: valuesFor(step, plan.estimate) })
    if (isolated) after.push({ text: END_READING, values: [] })
    after.push(again)
    const own = { text: plan.statement.text, values: valuesFor(step, plan.statement), after }
    const statement = plan.nested === undefined ? own : behindInserts(plan.nested, own, (insert) => valuesFor(step, insert))
    try {
      return { ...this.read(plan, await tx.run(statement)), headers: null, status: null }
    } catch (error) {
      throw refusalOf(plan, error)
    }
  }

  private statementOf(planned: PlannedRequest): Statement {
    const { plan } = planned
    const { statement, estimate } = plan
    const main = statement === undefined ? nothing : { text: statement.text, values: valuesFor(planned, statement) }
    if (estimate === undefined && !this.catalog.writesResponseSettings && !plan.rollback) return main
    const after: Following[] = []
    if (estimate !== undefined) after.push({ text: estimate.text, values: valuesFor(planned, estimate) })
    if (this.catalog.writesResponseSettings) after.push(responseSettings)
    if (plan.rollback) after.push(checkConstraints)
    return { ...main, after }
  }

  /** Reads what came back, and refuses what the answer may not be; a write has refused that itself (`guardOf`). */
  private read(plan: RestPlan, given: StatementResult | undefined): PlanResult {
    const { statement, answer, estimate, nested } = plan
    const result = nested === undefined || given === undefined ? given : resultBehindInserts(nested, given)
    const after = result?.after
    const own = statement === undefined || result === undefined ? NOTHING : resultOf(statement.columns, result.rows)
    checkRows(answer, own)
    if (after === undefined) return own
    const [headers = null, status = null] =
      (this.catalog.writesResponseSettings ? after[estimate === undefined ? 0 : 1]?.[0] : undefined) ?? []
    const total = estimate === undefined ? own.total : this.estimated(own.total, after[0]?.[0]?.[0] ?? null)
    return { ...own, total, headers, status }
  }

  /** The exact count where it was made and is small, the planner's guess elsewhere. */
  private estimated(counted: number | undefined, planJson: string | null): number | undefined {
    if (counted !== undefined && counted <= this.options.rowsMax) return counted
    const [{ Plan: plan }] = JSON.parse(planJson ?? '[{"Plan":{}}]') as [{ Plan: { 'Plan Rows'?: number } }]
    const planned = plan['Plan Rows'] ?? 0
    return counted === undefined ? planned : Math.max(counted, planned)
  }
}

function valuesFor({ plan, slots, body }: Pick<PlannedRequest, 'plan' | 'slots' | 'body'>, { parameters }: Plan): Statement['values'] {
  return valuesOf(parameters, slots, body, plan.bodyForm)
}

/** The dialect's words for a number of rows that the statement's guard refused; any other error as it is. */
function refusalOf(plan: RestPlan, error: unknown): unknown {
  const unmatched = plan.nested === undefined ? undefined : unmatchedRefusal(plan.nested, error)
  if (unmatched !== undefined) return unmatched
  const rows = error instanceof DatabaseError && !plan.readOnly ? guardedRows(error) : undefined
  if (rows === undefined) return error
  try {
    checkRows(plan.answer, { ...NOTHING, rows })
    return error
  } catch (refusal) {
    return refusal
  }
}
