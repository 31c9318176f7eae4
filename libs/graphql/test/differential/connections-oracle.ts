// What a page of a list has to be: the whole list in its order, cut at the cursor and then from one of its ends.
import type { Json, JsonObject } from '../../../query/test/property/exact-json.ts'
import type { Evaluation } from './evaluate.ts'
import { columnOf, type OrderTerm, type Relation } from './model.ts'
import { type ConnectionPart, keyCursor, type Page } from './relay-model.ts'
import { compareKeys } from './sort-keys.ts'

/** Rows of the page among all of its list. */
interface Cut {
  readonly rows: readonly number[]
  readonly hasPrevious: boolean
  readonly hasNext: boolean
}

export function connectionOf(evaluation: Evaluation, relation: Relation, page: Page, candidates: readonly number[]): JsonObject {
  const cut = cutOf(evaluation, relation, page, candidates)
  return Object.fromEntries(page.parts.map((part) => [part.key, partOf(evaluation, relation, part, cut)]))
}

function cutOf(evaluation: Evaluation, relation: Relation, page: Page, candidates: readonly number[]): Cut {
  const { filter, distinct, cursor, size, fromEnd } = page
  const order = totalOrder(relation, page)
  const all = evaluation.sliced(relation, { filter, order, distinct }, candidates)
  let [start, end] = [0, all.length]
  if (cursor?.found !== undefined) {
    const place = evaluation.factsOf(relation).numbers.get(cursor.found.key)!
    // Rows of one group have one place.
    const terms = distinct.length > 0 ? order.slice(0, distinct.length) : order
    const sides = all.map((row) => compareRows(evaluation, relation, terms, row, place))
    if (cursor.side === 'after') start = sides.filter((side) => side <= 0).length
    else end = sides.filter((side) => side < 0).length
  }
  if (size !== undefined && !fromEnd) end = Math.min(end, start + size)
  if (size !== undefined && fromEnd) start = Math.max(start, end - size)
  return { rows: all.slice(start, end), hasPrevious: start > 0, hasNext: end < all.length }
}

/** What was asked for, and the key behind it. */
export function totalOrder(relation: Relation, { order, distinct }: Page): OrderTerm[] {
  const ascending = (name: string): OrderTerm => ({ path: [], column: columnOf(relation, name), direction: 'asc' })
  return [...(order.length > 0 ? order : distinct.map(({ name }) => ascending(name))), ...relation.key.map(ascending)]
}

function compareRows(evaluation: Evaluation, relation: Relation, terms: readonly OrderTerm[], a: number, b: number): number {
  for (const term of terms) {
    const [left, right] = [evaluation.sortKey(relation, term, a), evaluation.sortKey(relation, term, b)]
    const difference = compareKeys(left, right, term.direction)
    if (difference !== 0) return difference
  }
  return 0
}

function partOf(evaluation: Evaluation, relation: Relation, part: ConnectionPart, { rows, hasPrevious, hasNext }: Cut): Json {
  const cursor = (row: number | undefined): string => (row === undefined ? '' : keyCursor(relation, evaluation.keyOfRow(relation, row)))
  switch (part.kind) {
    case 'typename':
      return `${relation.name}Connection`
    case 'edges':
      return rows.map((row) =>
        Object.fromEntries(
          part.parts.map((each): [string, Json] => {
            if (each.kind === 'typename') return [each.key, `${relation.name}Edge`]
            return [each.key, each.kind === 'cursor' ? cursor(row) : evaluation.object(relation, row, each.selected)]
          }),
        ),
      )
    case 'page_info': {
      const facts = {
        typename: 'PageInfo',
        startCursor: cursor(rows[0]),
        endCursor: cursor(rows.at(-1)),
        hasNextPage: hasNext,
        hasPreviousPage: hasPrevious,
      }
      return Object.fromEntries(part.parts.map(({ kind, key }) => [key, facts[kind]]))
    }
  }
}
