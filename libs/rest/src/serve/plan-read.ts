// GET and HEAD of a table or view.
import type { Relation } from '#libs/catalog'
import { compile, compilePlanCount } from '#libs/query'
import { pageOf } from '../keyset/page.ts'
import type { ParsedQuery } from '../parse/syntax.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { addressRecipe } from './content-location.ts'
import { answerOf, relationMedia, topOffset, withRange, type Planned, type RestRequest } from './rest-request.ts'

/** Plans a read. */
export function planRead(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
  const media = relationMedia(context, request, relation, query)
  const sliced = withRange(query, request.range)
  const whole = resolveRead(context, relation, sliced)
  const isPaged = request.preferences.cursor === true || query.cursor !== undefined
  const page = isPaged ? pageOf(relation, whole, sliced, request.range !== undefined) : undefined
  const read = page?.read ?? whole
  const { count } = request.preferences
  return {
    statement: compile(read, { ...media.options, total: totalOf(count, context.rowsMax), page: page?.options }),
    readOnly: true,
    answer: { ...answerOf(context, request, 'read', media), offset: topOffset(sliced), pageTag: page?.tag },
    address: addressRecipe(encodeURIComponent(relation.name), request.query),
    estimate: count === 'planned' || count === 'estimated' ? compilePlanCount(read) : undefined,
  }
}

/** What the statement itself counts: an estimate is exact as far as one answer goes, and the planner's guess beyond. */
export function totalOf(count: RestRequest['preferences']['count'], rowsMax: number): boolean | { readonly max: number } {
  return count === 'estimated' ? { max: rowsMax } : count === 'exact'
}
