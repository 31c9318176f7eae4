// The order of a page: the request's own, and then a unique key, so that every row has one place.
import type { Relation } from '#libs/catalog'
import { primaryKeyColumns, type OrderNode, type ReadNode } from '#libs/query'
import { restError } from '../rest.errors.ts'

/** json_build_array takes 100 values; nobody orders by this many columns. */
const TERMS_MAX = 32

/** The order with the key behind it. What has no key, or cannot be compared, is refused. */
export function pageOrder(relation: Relation, { order, fields }: ReadNode): readonly OrderNode[] {
  if (fields.some((field) => field.kind === 'aggregate')) throw unpageable('groups of rows have no key')
  for (const { operand } of order) {
    const isJson = operand.jsonPath === undefined ? operand.column.type.name === 'json' : !operand.jsonPath.asText
    if (isJson) throw unpageable(`'${operand.column.name}' is a JSON document: order by a text in it, with ->>`)
  }
  const key = keyOf(relation)
  if (key === undefined) throw unpageable(`'${relation.name}' has no primary key`)
  // The direction of the last term: one index serves both, forwards or backwards.
  const direction = order.at(-1)?.direction ?? 'asc'
  const isThere = (name: string) =>
    order.some(({ operand }) => operand.column.name === name && operand.jsonPath === undefined && operand.relatedBy === undefined)
  const rest = key
    .filter((name) => !isThere(name))
    .map((name): OrderNode => ({ operand: { kind: 'operand', column: relation.columnsByName.get(name)! }, direction }))
  const all = [...order, ...rest]
  if (all.length > TERMS_MAX) throw unpageable(`more than ${TERMS_MAX} columns`)
  return all
}

function keyOf(relation: Relation): readonly string[] | undefined {
  const primary = primaryKeyColumns(relation)
  if (primary.length > 0) return primary
  const isWhole = (name: string) => relation.columnsByName.get(name)?.nullable === false
  return relation.uniqueKeys.find((key) => key.columns.every(isWhole))?.columns
}

/** The request cannot be paged by key. */
export function unpageable(reason: string) {
  return restError('unpageable', { reason })
}
