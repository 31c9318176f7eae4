// A request after its headers are read: what the planners of reads, writes and calls start from.
import type { Catalog, Relation } from '#libs/catalog'
import type { RowGuard } from '#libs/query'
import type { AcceptedType } from '../parse/accept.ts'
import type { JsonBody, RequestBody } from '../parse/body.ts'
import { appliedPreferences, type Honoured, type Preferences, type RowRange } from '../parse/preferences.ts'
import type { CountValue, ParsedQuery } from '../parse/syntax.ts'
import type { ResolveContext } from '../resolve/levels.ts'
import { restError } from '../rest.errors.ts'
import { chooseMedia, type Media, type MediaRules, type MediaTarget } from './media.ts'
import type { Answer, RestPlan } from './rest-plan.ts'

/** A request after its headers are read. */
export interface RestRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly target: { readonly kind: 'relation' | 'call'; readonly name: string }
  /** Raw query string. */
  readonly query: string
  readonly schema: string
  readonly preferences: Preferences
  /** Media types, most wanted first. */
  readonly accepted: readonly AcceptedType[]
  readonly mediaRules: MediaRules
  readonly range: RowRange | undefined
  /** The transaction will be undone: `tx=rollback`, or the owner's PLINTH_API_TX_END. */
  readonly rollback: boolean
  readonly body: RequestBody | undefined
}

/** What does not change from request to request. */
export interface PlanContext {
  readonly catalog: Catalog
  readonly rowsMax: number
  readonly extraSearchPath: readonly string[]
  /** PLINTH_API_AGGREGATES. */
  readonly aggregates: boolean
}

/** A plan without what every plan gets alike. */
export type Planned = Omit<RestPlan, 'settings' | 'isolation' | 'rollback'>

const honoured: Readonly<Record<Answer['kind'], Honoured>> = {
  read: { cursor: true },
  insert: { resolution: true, missing: true, return: true },
  update: { missing: true, return: true, maxAffected: true },
  put: { return: true },
  delete: { return: true, maxAffected: true },
  call: { maxAffected: true },
}

/** The representation of the answer. HEAD gets that of GET without a body. */
export function mediaOf(context: ResolveContext, request: RestRequest, target: MediaTarget): Media {
  const media = chooseMedia(context.catalog, request.accepted, target, request.mediaRules)
  return request.method === 'HEAD' && media.explain === undefined ? { ...media, options: { ...media.options, body: 'none' } } : media
}

/** That of a read or write of a relation. A write without representation has no body, whatever was accepted. */
export function relationMedia(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Media {
  const media = mediaOf(context, request, { relation, defaultSelect: query.select === undefined })
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (isRead || request.preferences.return === 'representation') return media
  return { ...media, options: { ...media.options, body: 'none' } }
}

/**
 * What the answer to a request of this kind looks like, before the planner adds its own. `resolves` false: an insert
 * that has nothing to find duplicates by.
 */
export function answerOf(context: ResolveContext, request: RestRequest, kind: Answer['kind'], media: Media, resolves = true): Answer {
  const { preferences, method } = request
  const hasBody = method !== 'HEAD' && (kind === 'read' || kind === 'call' || preferences.return === 'representation')
  const maxAffected = honoured[kind].maxAffected === true && preferences.handling === 'strict' ? preferences.maxAffected : undefined
  return {
    kind,
    hasBody: hasBody || media.explain !== undefined,
    single: media.single,
    contentType: media.contentType,
    bytes: media.bytes,
    explain: media.explain,
    offset: { value: 0 },
    preferenceApplied: appliedPreferences(preferences, resolves ? honoured[kind] : { ...honoured[kind], resolution: false }),
    contentProfile: context.catalog.schemas.length > 1 ? request.schema : undefined,
    // A planned count is the planner's guess at a read; of a write it says nothing.
    countsChanges: kind !== 'read' && kind !== 'call' && (preferences.count === 'exact' || preferences.count === 'estimated'),
    count: kind === 'read' || kind === 'call' ? preferences.count : undefined,
    maxAffected,
    merges: false,
    location: undefined,
    isVoid: false,
  }
}

/** How many rows a write may change, so that its answer is possible. EXPLAIN gives no rows. */
export function guardOf({ kind, single, maxAffected, explain }: Answer): RowGuard | undefined {
  if (explain !== undefined) return undefined
  if (kind === 'put' || single) return { exactly: 1 }
  return maxAffected === undefined ? undefined : { atMost: maxAffected }
}

/** The rows of a write's body. */
export function requireRows({ body }: RestRequest): JsonBody {
  if (body?.kind !== 'json' || !body.isRows) throw restError('PGRST102', { reason: 'Empty or invalid json' })
  return body
}

/** A Range header and limit/offset intersect. */
export function withRange(query: ParsedQuery, range: RowRange | undefined): ParsedQuery {
  if (range === undefined) return query
  const limit = topCount(query, 'limit')
  const offset = topOffset(query)
  const { last } = range
  // Of a page from `from` on that has a limit or an end: where it begins, and how many rows it has.
  const firstOf = (from: number): number => Math.max(from, range.first)
  const sizeOf = (from: number): number => {
    return Math.max(0, Math.min(from + (limit?.value ?? Infinity), last === undefined ? Infinity : last + 1) - firstOf(from))
  }
  const { make } = offset
  const nested = query.limits.filter(({ path }) => path.length > 0)
  const first = {
    path: [],
    kind: 'offset',
    value: firstOf(offset.value),
    make: make && ((slots) => firstOf(make(slots))),
  } as const satisfies ParsedQuery['limits'][number]
  const size = {
    path: [],
    kind: 'limit',
    value: sizeOf(offset.value),
    make: make && ((slots) => sizeOf(make(slots))),
  } as const satisfies ParsedQuery['limits'][number]
  return { ...query, limits: [...nested, first, ...(size.value === Infinity ? [] : [size])] }
}

/** The first row that the request itself asks for. */
export function topOffset(query: ParsedQuery): CountValue {
  return topCount(query, 'offset') ?? { value: 0 }
}

/** The request's own limit or offset. */
export function topCount(query: ParsedQuery, kind: 'limit' | 'offset'): CountValue | undefined {
  return query.limits.findLast((item) => item.kind === kind && item.path.length === 0)
}
