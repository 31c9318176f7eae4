// PUT: inserts the one row that the URL names by its primary key, or replaces what the row has in the body's columns.
import type { Relation } from '#libs/catalog'
import { compile, primaryKeyColumns, type InsertNode } from '#libs/query'
import { bodyText } from '../parse/body.ts'
import type { ParsedQuery } from '../parse/syntax.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { bodyNode } from '../resolve/values.ts'
import { restError } from '../rest.errors.ts'
import { columnsOf, insertedRows } from './plan-insert.ts'
import { answerOf, guardOf, relationMedia, requireRows, type Planned, type RestRequest } from './rest-request.ts'

/** Plans a PUT. Its answer is PGRST115 unless exactly one row was put. */
export function planPut(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
  if (query.limits.some(({ path }) => path.length === 0)) throw restError('PGRST114')
  const key = primaryKeyColumns(relation)
  checkFilters(query, key)
  const body = requireRows(request)
  const columns = columnsOf(relation, { columns: undefined }, body)
  if (!key.every((name) => columns.some((column) => column.name === name))) throw restError('PGRST115')
  const media = relationMedia(context, request, relation, query)
  const node: InsertNode = {
    kind: 'insert',
    relation,
    columns,
    rows: bodyNode(bodyText(body, 'rows')),
    missingAsDefault: false,
    only: resolveRead(context, relation, query, false).filter,
    conflict: { target: key, action: 'merge', update: columns },
    returning: insertedRows(context, request, relation, query)?.fields ?? null,
  }
  const answer = answerOf(context, request, 'put', media)
  return { statement: compile(node, { ...media.options, updated: true, guard: guardOf(answer) }), readOnly: false, answer }
}

/** `?a=eq.1&b=eq.2` for the primary key (a, b), and nothing else. */
function checkFilters(query: ParsedQuery, key: readonly string[]): void {
  const own = query.filters.filter(({ path }) => path.length === 0)
  const names = new Set(own.map(({ field }) => field.name))
  const areKey = key.length > 0 && names.size === key.length && key.every((name) => names.has(name))
  const areEqual = own.every(({ field, expression }) => {
    return field.path.length === 0 && expression.operator === 'eq' && !expression.negated && expression.quantifier === undefined
  })
  if (!areKey || !areEqual || query.logic.some(({ path }) => path.length === 0)) throw restError('PGRST105')
}
