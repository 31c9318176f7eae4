// The way of a request that is to be explained: planned as always, run as the user and undone, then looked into.
import type { FastifyReply } from 'fastify'
import type { RequestDatabase } from '#libs/postgres'
import type { Principal } from '#libs/identity'
import { restError } from '../rest.errors.ts'
import type { ResolveContext } from '../resolve/levels.ts'
import type { PlanResult } from '../serve/answer.ts'
import { renderError } from '../serve/error-body.ts'
import type { RestPlan } from '../serve/rest-plan.ts'
import type { RestRequest } from '../serve/rest-request.ts'
import type { DeniedReport } from './denied-report.ts'
import { explainDenials, explainedRelation } from './explain-denials.ts'

/** A request to explain, and how it is planned and run. */
export interface DenialsRequest {
  readonly context: ResolveContext
  readonly request: RestRequest
  /** The user. */
  readonly principal: Principal
  readonly plan: () => RestPlan
  readonly run: (plan: RestPlan) => Promise<PlanResult>
}

/** Answers with the report, whatever became of the request. */
export async function answerDenials(database: RequestDatabase, asked: DenialsRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { context, request, principal } = asked
  explainedRelation(context, request)
  const plan = asked.plan()
  if (plan.nested !== undefined) throw restError('unexplainable', { reason: 'it inserts into several tables; ask with the rows of one' })
  const answer = await outcomeOf(() => asked.run({ ...plan, rollback: true }), principal)
  const report = await explainDenials(database, { context, request, principal, answer, settings: plan.settings })
  return reply
    .code(200)
    .headers({ 'content-type': 'application/vnd.plinth.denied+json; charset=utf-8', 'preference-applied': 'explain-denied' })
    .send(JSON.stringify(report))
}

/** What the user would have got. */
async function outcomeOf(run: () => Promise<PlanResult>, user: Principal): Promise<DeniedReport['answer']> {
  try {
    return { rows: (await run()).rows }
  } catch (error) {
    const { status, body, unexpected } = renderError(error, user.authenticated)
    if (unexpected) throw error
    return { status, error: JSON.parse(body) }
  }
}
