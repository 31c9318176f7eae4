// A request after its headers are read: what the planners of reads, writes and calls start from.
import type { Catalog } from '#libs/catalog'
import { restError } from '../rest.errors.ts'
import type { JsonBody } from '../parse/body.ts'
import { appliedPreferences, type Preferences, type Representation, type RowRange } from '../parse/preferences.ts'
import type { ParsedQuery } from '../parse/syntax.ts'
import type { ResolveContext } from '../resolve/levels.ts'
import type { Answer, RestPlan } from './rest-plan.ts'

/** A request after its headers are read. */
export interface RestRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE'
  readonly target: { readonly kind: 'relation' | 'call'; readonly name: string }
  /** Raw query string. */
  readonly query: string
  readonly schema: string
  readonly preferences: Preferences
  readonly representation: Representation
  readonly range: RowRange | undefined
  readonly body: JsonBody | undefined
}

/** What does not change from request to request. */
export interface PlanContext {
  readonly catalog: Catalog
  readonly rowsMax: number
  readonly extraSearchPath: readonly string[]
}

/** A plan without the settings that every plan has. */
export type Planned = Omit<RestPlan, 'settings'>

/** What the answer to a request of this kind looks like, before the planner adds its own. */
export function answerOf(
  context: ResolveContext,
  request: RestRequest,
  kind: Answer['kind'],
  honoured: readonly (keyof Preferences)[],
): Answer {
  const hasBody = kind === 'read' || kind === 'call' || request.preferences.return === 'representation'
  const single = request.representation === 'object' && hasBody
  return {
    kind,
    hasBody,
    single,
    contentType:
      request.representation === 'object' ? 'application/vnd.pgrst.object+json; charset=utf-8' : 'application/json; charset=utf-8',
    offset: 0,
    ranged: kind === 'read',
    preferenceApplied: appliedPreferences(request.preferences, honoured),
    contentProfile: context.catalog.schemas.length > 1 ? request.schema : undefined,
    countsChanges: request.preferences.count !== undefined && kind !== 'read' && kind !== 'call',
    merges: false,
    location: undefined,
    isVoid: false,
  }
}

/** The body of a write. */
export function requireBody(request: RestRequest): JsonBody {
  if (request.body === undefined) throw restError('PGRST102', { reason: 'Empty or invalid json' })
  return request.body
}

/** A Range header and limit/offset intersect. */
export function withRange(query: ParsedQuery, range: RowRange | undefined): ParsedQuery {
  if (range === undefined) return query
  const valueOf = (kind: 'limit' | 'offset') => query.limits.findLast((item) => item.kind === kind && item.path.length === 0)?.value
  const offset = valueOf('offset') ?? 0
  const first = Math.max(offset, range.first)
  const ends = [
    valueOf('limit') === undefined ? undefined : offset + valueOf('limit')!,
    range.last === undefined ? undefined : range.last + 1,
  ].filter((end) => end !== undefined)
  const nested = query.limits.filter(({ path }) => path.length > 0)
  const own: ParsedQuery['limits'] = [{ path: [], kind: 'offset', value: first }]
  return {
    ...query,
    limits:
      ends.length === 0
        ? [...nested, ...own]
        : [...nested, ...own, { path: [], kind: 'limit', value: Math.max(0, Math.min(...ends) - first) }],
  }
}

/** The first row that the request itself asks for. */
export function topOffset(query: ParsedQuery): number {
  return query.limits.findLast((item) => item.kind === 'offset' && item.path.length === 0)?.value ?? 0
}
