// PATCH and DELETE.
import type { Relation } from '#libs/catalog'
import { compile, type RequestNode } from '#libs/query'
import { bodyText } from '../parse/body.ts'
import type { ParsedQuery } from '../parse/syntax.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { findPayloadColumn } from '../resolve/names.ts'
import { bodyNode } from '../resolve/values.ts'
import { restError } from '../rest.errors.ts'
import { answerOf, relationMedia, requireBody, type Planned, type RestRequest } from './rest-request.ts'

/** Plans an update or a delete. */
export function planChange(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
  if (query.limits.some(({ path }) => path.length === 0) || query.order.some(({ path }) => path.length === 0)) {
    // Ignoring them would change more rows than were meant.
    throw restError('PGRST127', {}, { details: 'limit, offset and order are not available for PATCH and DELETE.' })
  }
  const resolved = resolveRead(context, relation, query, false)
  const filter = resolved.filter
  const returning = request.preferences.return === 'representation' ? resolved.fields : null
  const media = relationMedia(context, request, relation, query)
  if (request.method === 'DELETE') {
    const answer = answerOf(context, request, 'delete', media)
    return {
      statement: compile({ kind: 'delete', relation, filter, returning }, media.options),
      readOnly: false,
      undoable: false,
      answer,
    }
  }
  const body = requireBody(request)
  if (body.kind !== 'json' || body.rowCount > 1) throw restError('PGRST102', { reason: 'A PATCH takes one json object' })
  const columns = (query.columns ?? body.keys).map((name) => findPayloadColumn(relation, name))
  const answer = answerOf(context, request, 'update', media)
  const node: RequestNode = {
    kind: 'update',
    relation,
    set: [],
    setFrom: { columns, object: bodyNode(bodyText(body, 'object')) },
    filter,
    returning,
  }
  const isNothing = columns.length === 0 || body.rowCount === 0
  return { statement: isNothing ? undefined : compile(node, media.options), readOnly: false, undoable: false, answer, bodyForm: 'object' }
}
