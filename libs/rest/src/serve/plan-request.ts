// Request -> plan: the slow path, walked once per shape of request.
import { quoteIdentifier } from '#libs/postgres'
import type { Catalog, DatabaseFunction, Relation } from '#libs/catalog'
import { compile, type CallNode, type CompileOptions, type RequestNode } from '#libs/query'
import { rowsText, objectText, type JsonBody } from '../parse/body.ts'
import { arrayLiteral } from '../parse/filters.ts'
import { appliedPreferences, type Preferences, type Representation, type RowRange } from '../parse/preferences.ts'
import { parseQuery } from '../parse/query-string.ts'
import { parametersOf } from '../parse/shape.ts'
import type { FilterValue, ParsedQuery } from '../parse/syntax.ts'
import { chooseFunction, isArgumentOf } from '../resolve/functions.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { findColumn, findPayloadColumn, findRelation } from '../resolve/names.ts'
import { bodyNode, valueNode, valuesNode } from '../resolve/values.ts'
import { restError } from '../rest.errors.ts'
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

/** Plans a request. Unknown names and bad syntax are AppErrors of area `rest`. */
export function planRequest(context: PlanContext, request: RestRequest): RestPlan {
  const resolving: ResolveContext = { catalog: context.catalog, schema: request.schema, rowsMax: context.rowsMax }
  const settings = searchPathOf(request.schema, context.extraSearchPath)
  const plan = request.target.kind === 'call' ? planCall(resolving, request) : planRelation(resolving, request)
  return { ...plan, settings }
}

type Planned = Omit<RestPlan, 'settings'>

function planRelation(context: ResolveContext, request: RestRequest): Planned {
  const relation = findRelation(context.catalog, context.schema, request.target.name)
  const query = parseQuery(parametersOf(request.query, false))
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return planRead(context, request, relation, query)
    case 'POST':
      return planInsert(context, request, relation, query)
    default:
      return planChange(context, request, relation, query)
  }
}

function planRead(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
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

function planInsert(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
  const { preferences } = request
  const body = requireBody(request)
  const names = query.columns ?? body.keys
  const columns = names.map((name) => findPayloadColumn(relation, name))
  const returning = returningOf(context, request, relation, query)
  const target = query.onConflict?.map((name) => findColumn(relation, name).name) ?? relation.primaryKey?.columns ?? []
  const resolution = target.length === 0 ? undefined : preferences.resolution
  const node: RequestNode = {
    kind: 'insert',
    relation,
    columns,
    rows: bodyNode(rowsText(body)),
    missingAsDefault: preferences.missing === 'default',
    conflict:
      resolution === undefined ? undefined : { target, action: resolution === 'merge-duplicates' ? 'merge' : 'ignore', update: columns },
    returning: returning?.fields ?? null,
  }
  const merges = resolution === 'merge-duplicates'
  const located = preferences.return === 'headers-only' && relation.primaryKey !== null
  const answer = answerOf(context, request, 'insert', ['resolution', 'return', 'count', 'missing', 'handling'])
  const options: CompileOptions = { body: returning === undefined ? 'none' : request.representation, updated: merges, location: located }
  return {
    // No row, no statement: an INSERT … SELECT over nothing would only ask for privileges.
    statement: body.rowCount === 0 ? undefined : compile(node, options),
    readOnly: false,
    undoable: answer.single,
    answer: {
      ...answer,
      merges,
      location: located ? { path: `/${encodeURIComponent(relation.name)}`, columns: relation.primaryKey.columns } : undefined,
    },
  }
}

function planChange(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
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

function returningOf(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery) {
  if (request.preferences.return !== 'representation') return undefined
  // Filters of the URL do not concern the inserted rows; those of embedded resources do.
  return resolveRead(
    context,
    relation,
    { ...query, filters: query.filters.filter(({ path }) => path.length > 0), logic: query.logic.filter(({ path }) => path.length > 0) },
    false,
  )
}

function planCall(context: ResolveContext, request: RestRequest): Planned {
  const { name } = request.target
  if (request.method === 'PATCH' || request.method === 'DELETE') throw restError('PGRST101', { method: request.method })
  const fromBody = request.method === 'POST'
  const isArgument = isArgumentOf(context.catalog, context.schema, name)
  const parsed = parseQuery(parametersOf(request.query, true), fromBody ? undefined : isArgument)
  const query = withRange(parsed, request.range)
  const given = fromBody ? (request.body?.keys ?? []) : [...query.arguments.keys()]
  const fn = chooseFunction(context.catalog, context.schema, name, given)
  const node: CallNode = {
    kind: 'call',
    function: fn,
    arguments: fromBody ? [] : [...query.arguments].map(([argument, values]) => argumentOf(fn, argument, values)),
    argumentsFrom: fromBody && given.length > 0 ? { names: given, object: bodyNode(objectText(request.body!)) } : undefined,
    valuesMax: context.rowsMax,
    read: fn.resultRelation === null ? null : resolveRead(context, fn.resultRelation, query, fn.returnsSet),
  }
  if (node.read === null && (query.filters.length > 0 || query.logic.length > 0)) {
    throw restError('undefined_column', { column: `${fn.name}.${query.filters[0]?.field.name ?? ''}` })
  }
  const isRows = fn.returnsSet && node.read !== null
  const total = isRows && request.preferences.count !== undefined
  const options: CompileOptions = { body: request.method === 'HEAD' ? 'none' : isRows ? request.representation : 'array', total }
  const answer = answerOf(context, request, 'call', ['count', 'handling'])
  const isVoid = fn.returnType.name === 'void'
  const single = isRows && request.representation === 'object'
  return {
    statement: compile(node, options),
    readOnly: request.method !== 'POST' || fn.volatility !== 'volatile',
    undoable: single && fn.volatility === 'volatile' && request.method === 'POST',
    answer: { ...answer, hasBody: request.method !== 'HEAD' && !isVoid, isVoid, single, offset: topOffset(query), ranged: fn.returnsSet },
  }
}

function argumentOf(fn: DatabaseFunction, name: string, values: readonly FilterValue[]) {
  const argument = fn.arguments.find((candidate) => candidate.name === name)!
  const variadic = argument.mode === 'variadic'
  if (!variadic) return { name, value: valueNode(values.at(-1)!), variadic }
  // One value may be an array literal already; several are the elements.
  return {
    name,
    value: valuesNode(values, (texts) => (texts.length === 1 && texts[0]!.startsWith('{') ? texts[0]! : arrayLiteral(texts))),
    variadic,
  }
}

function answerOf(context: ResolveContext, request: RestRequest, kind: Answer['kind'], honoured: readonly (keyof Preferences)[]): Answer {
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

function requireBody(request: RestRequest): JsonBody {
  if (request.body === undefined) throw restError('PGRST102', { reason: 'Empty or invalid json' })
  return request.body
}

/** A Range header and limit/offset intersect. */
function withRange(query: ParsedQuery, range: RowRange | undefined): ParsedQuery {
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

function topOffset(query: ParsedQuery): number {
  return query.limits.findLast((item) => item.kind === 'offset' && item.path.length === 0)?.value ?? 0
}

/** The search path of functions that do not set their own. The logins' default is public: then nothing needs to be set. */
function searchPathOf(schema: string, extra: readonly string[]): RestPlan['settings'] {
  const path = [...new Set([schema, ...extra])]
  return path.length === 1 && path[0] === 'public' ? undefined : [['search_path', path.map(quoteIdentifier).join(', ')]]
}
