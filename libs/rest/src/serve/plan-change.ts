// PATCH and DELETE.
import type { Relation } from '#libs/catalog'
import {
  compile,
  primaryKeyColumns,
  relatedRowsExist,
  type FilterNode,
  type MutationSlice,
  type OrderNode,
  type ReadNode,
} from '#libs/query'
import { bodyText } from '../parse/body.ts'
import type { ParsedQuery } from '../parse/syntax.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { bodyNode } from '../resolve/values.ts'
import { restError } from '../rest.errors.ts'
import { columnsOf } from './plan-insert.ts'
import { answerOf, guardOf, relationMedia, requireRows, type Planned, type RestRequest } from './rest-request.ts'

/** Plans a delete. */
export function planDelete(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
  const media = relationMedia(context, request, relation, query)
  const { read, filter, slice, returning } = changedRows(context, request, relation, query)
  const answer = answerOf(context, request, 'delete', media)
  const options = { ...media.options, order: read.order, guard: guardOf(answer) }
  return { statement: compile({ kind: 'delete', relation, filter, slice, returning }, options), readOnly: false, answer }
}

/** Plans an update. */
export function planUpdate(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
  const body = requireRows(request)
  if (body.rowCount > 1) throw restError('PGRST102', { reason: 'A PATCH takes one json object' })
  const columns = columnsOf(relation, query, body)
  const media = relationMedia(context, request, relation, query)
  const { read, filter, slice, returning } = changedRows(context, request, relation, query)
  const setFrom = { columns, object: bodyNode(bodyText(body, 'object')), missingAsDefault: request.preferences.missing === 'default' }
  const answer = answerOf(context, request, 'update', media)
  const planned = { readOnly: false, bodyForm: 'object', answer } as const
  if (columns.length > 0 && body.rowCount > 0) {
    const options = { ...media.options, order: read.order, guard: guardOf(answer) }
    return { ...planned, statement: compile({ kind: 'update', relation, set: [], setFrom, filter, slice, returning }, options) }
  }
  // Nothing is set, so nothing is changed; the answer is that of no row.
  return { ...planned, statement: returning === null ? undefined : compile({ ...read, limit: 0, offset: undefined }, media.options) }
}

/** Which rows a request changes, and what it shows of them. */
function changedRows(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery) {
  const read = resolveRead(context, relation, query, false)
  return {
    read,
    filter: filterOf(read),
    slice: sliceOf(relation, read),
    returning: request.preferences.return === 'representation' ? read.fields : null,
  }
}

/** A row without the related rows that it must have is not changed, as it would not be read. */
function filterOf(read: ReadNode): FilterNode | undefined {
  const required = read.fields.flatMap((field): FilterNode[] => {
    return field.kind === 'relation' && field.required ? [relatedRowsExist(field.link, field.read)] : []
  })
  if (required.length === 0) return read.filter
  return { kind: 'and', items: read.filter === undefined ? required : [read.filter, ...required] }
}

/** `limit` and `offset`: only these of the matching rows, by `order` or else by primary key. An order alone changes nothing. */
function sliceOf(relation: Relation, { limit, offset, order }: ReadNode): MutationSlice | undefined {
  if (limit === undefined && offset === undefined) return undefined
  const key = primaryKeyColumns(relation)
  if (key.length === 0 && relation.kind !== 'table') {
    throw restError(
      'PGRST127',
      {},
      { details: `'${relation.name}' has no primary key, so limit and offset are not available for PATCH and DELETE.` },
    )
  }
  if (order.length === 0 && key.length === 0) throw restError('PGRST109', {}, { hint: "Apply an 'order' using unique column(s)" })
  return { order: order.length > 0 ? order : orderBy(relation, key), limit: limit ?? Number.MAX_SAFE_INTEGER, offset }
}

function orderBy(relation: Relation, columns: readonly string[]): readonly OrderNode[] {
  return columns.map((name) => ({ operand: { kind: 'operand', column: relation.columnsByName.get(name)! }, direction: 'asc' }))
}
