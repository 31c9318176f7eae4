// POST to a table or view: insert and upsert.
import type { Relation } from '#libs/catalog'
import { compile, type CompileOptions, type RequestNode } from '#libs/query'
import { bodyText } from '../parse/body.ts'
import type { ParsedQuery } from '../parse/syntax.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { findColumn, findPayloadColumn } from '../resolve/names.ts'
import { bodyNode } from '../resolve/values.ts'
import { answerOf, relationMedia, requireBody, type Planned, type RestRequest } from './rest-request.ts'

/** Plans an insert. */
export function planInsert(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
  const { preferences } = request
  const body = requireBody(request)
  if (body.kind !== 'json') throw new TypeError('rows come as json')
  const names = query.columns ?? body.keys
  const columns = names.map((name) => findPayloadColumn(relation, name))
  const returning = returningOf(context, request, relation, query)
  const target = query.onConflict?.map((name) => findColumn(relation, name).name) ?? relation.primaryKey?.columns ?? []
  const resolution = target.length === 0 ? undefined : preferences.resolution
  const node: RequestNode = {
    kind: 'insert',
    relation,
    columns,
    rows: bodyNode(bodyText(body, 'rows')),
    missingAsDefault: preferences.missing === 'default',
    conflict:
      resolution === undefined ? undefined : { target, action: resolution === 'merge-duplicates' ? 'merge' : 'ignore', update: columns },
    returning: returning?.fields ?? null,
  }
  const merges = resolution === 'merge-duplicates'
  const located = preferences.return === 'headers-only' && relation.primaryKey !== null
  const media = relationMedia(context, request, relation, query)
  const answer = answerOf(context, request, 'insert', media, target.length > 0)
  const options: CompileOptions = { ...media.options, updated: merges, location: located }
  return {
    // No row, no statement: an INSERT … SELECT over nothing would only ask for privileges.
    statement: body.rowCount === 0 ? undefined : compile(node, options),
    readOnly: false,
    undoable: false,
    answer: {
      ...answer,
      merges,
      location: located ? { path: `/${encodeURIComponent(relation.name)}`, columns: relation.primaryKey.columns } : undefined,
    },
  }
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
