// GET and HEAD of a table or view.
import type { Relation } from '#libs/catalog'
import { compile, type CompileOptions } from '#libs/query'
import type { ParsedQuery } from '../parse/syntax.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { answerOf, topOffset, withRange, type Planned, type RestRequest } from './rest-request.ts'

/** Plans a read. */
export function planRead(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
  const sliced = withRange(query, request.range)
  const read = resolveRead(context, relation, sliced)
  const options: CompileOptions = {
    body: request.method === 'HEAD' ? 'none' : request.representation,
    total: request.preferences.count !== undefined,
  }
  return {
    statement: compile(read, options),
    readOnly: true,
    undoable: false,
    answer: { ...answerOf(context, request, 'read', ['count', 'handling']), hasBody: request.method === 'GET', offset: topOffset(sliced) },
  }
}
