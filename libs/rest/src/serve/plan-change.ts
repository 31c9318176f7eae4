// PATCH and DELETE.
import type { Relation } from '#libs/catalog'
import { compile, type CompileOptions, type RequestNode } from '#libs/query'
import { objectText } from '../parse/body.ts'
import type { ParsedQuery } from '../parse/syntax.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { findPayloadColumn } from '../resolve/names.ts'
import { bodyNode } from '../resolve/values.ts'
import { restError } from '../rest.errors.ts'
import { answerOf, requireBody, type Planned, type RestRequest } from './rest-request.ts'

/** Plans an update or a delete. */
export function planChange(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
  if (query.limits.some(({ path }) => path.length === 0) || query.order.some(({ path }) => path.length === 0)) {
    // Ignoring them would change more rows than were meant.
    throw restError('PGRST127', {}, { details: 'limit, offset and order are not available for PATCH and DELETE.' })
  }
  const resolved = resolveRead(context, relation, query, false)
  const filter = resolved.filter
  const returning = request.preferences.return === 'representation' ? resolved.fields : null
  const options: CompileOptions = { body: returning === null ? 'none' : request.representation }
  if (request.method === 'DELETE') {
    const answer = answerOf(context, request, 'delete', ['return', 'count', 'handling'])
    return {
      statement: compile({ kind: 'delete', relation, filter, returning }, options),
      readOnly: false,
      undoable: answer.single,
      answer,
    }
  }
  const body = requireBody(request)
  if (body.rowCount > 1) throw restError('PGRST102', { reason: 'A PATCH takes one json object' })
  const columns = (query.columns ?? body.keys).map((name) => findPayloadColumn(relation, name))
  const answer = answerOf(context, request, 'update', ['return', 'count', 'missing', 'handling'])
  const node: RequestNode = {
    kind: 'update',
    relation,
    set: [],
    setFrom: { columns, object: bodyNode(objectText(body)) },
    filter,
    returning,
  }
  const isNothing = columns.length === 0 || body.rowCount === 0
  return { statement: isNothing ? undefined : compile(node, options), readOnly: false, undoable: answer.single, answer }
}
