// Request -> plan: the slow path, walked once per shape of request.
import { searchPathOf, sessionOfFunction } from '#libs/catalog'
import { explainOf } from '#libs/query'
import { parseQuery } from '../parse/query-string.ts'
import { parametersOf } from '../parse/shape.ts'
import type { ResolveContext } from '../resolve/levels.ts'
import { findRelation } from '../resolve/names.ts'
import { planCall } from './plan-call.ts'
import { planDelete, planUpdate } from './plan-change.ts'
import { planInsert } from './plan-insert.ts'
import { planNestedInsert } from './plan-nested-insert.ts'
import { planPut } from './plan-put.ts'
import { planRead } from './plan-read.ts'
import type { RestPlan } from './rest-plan.ts'
import type { PlanContext, Planned, RestRequest } from './rest-request.ts'

/** Plans a request. Unknown names and bad syntax are AppErrors of area `rest`. */
export function planRequest(context: PlanContext, request: RestRequest): RestPlan {
  const { catalog, rowsMax, aggregates } = context
  const resolving: ResolveContext = { catalog, schema: request.schema, rowsMax, aggregates }
  const plan = request.target.kind === 'call' ? planCall(resolving, request) : planRelation(resolving, request)
  const { answer, statement } = plan
  const session = sessionOfFunction(plan.function?.settings)
  const settings = [
    ...searchPathOf(request.schema, context.extraSearchPath),
    ...(request.preferences.timezone === undefined ? [] : [['timezone', request.preferences.timezone] as const]),
    ...session.settings,
  ]
  return {
    ...plan,
    statement: statement === undefined || answer.explain === undefined ? statement : explainOf(statement, answer.explain),
    rollback: request.rollback,
    settings: settings.length === 0 ? undefined : settings,
    isolation: session.isolation,
  }
}

function planRelation(context: ResolveContext, request: RestRequest): Planned {
  const relation = findRelation(context.catalog, context.schema, request.target.name)
  const query = parseQuery(parametersOf(request.query, false))
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return planRead(context, request, relation, query)
    case 'POST':
      return planNestedInsert(context, request, relation, query) ?? planInsert(context, request, relation, query)
    case 'PATCH':
      return planUpdate(context, request, relation, query)
    case 'PUT':
      return planPut(context, request, relation, query)
    case 'DELETE':
      return planDelete(context, request, relation, query)
  }
}
