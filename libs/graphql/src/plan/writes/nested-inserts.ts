// Inserts of rows with rows inside them: one statement for each level, and the errors that belong to it.
import { compileNestedInsert, type InsertNode, type MutationAnswer } from '#libs/query'
import type { PlannedInsert } from './inserts.ts'
import type { NestedLevel, RowLevel } from './inserted-rows.ts'
import type { MutationStatement } from './mutation-steps.ts'
import { pointsAway } from '../../model/nested-writes.ts'

/** The statements of the levels, then the answer. */
export function nestedInsertStatements({ node, level }: PlannedInsert, answer: MutationAnswer, path: string): readonly MutationStatement[] {
  const levels = insertPlaces(node, level, path)
  const { steps, nodes } = compileNestedInsert(node, { answer })
  return steps.map((plan, i) => {
    const inserted = nodes[i]
    if (inserted === undefined) return { plan, path, answers: true }
    const place = levels.get(inserted)!
    return { plan, path: place.path, answers: false, unmatched: place.unmatched }
  })
}

interface Place {
  readonly path: string
  readonly unmatched: string
}

/**
 * Where each insert's rows are in the request, and what it means when one of them affects no row. `pointedBy`: the relationship over
 * which the outermost rows are pointed to, if they are.
 */
export function insertPlaces(node: InsertNode, level: RowLevel, path: string, pointedBy?: string): ReadonlyMap<InsertNode, Place> {
  const places = new Map<InsertNode, Place>()
  const add = (of: InsertNode, at: RowLevel, where: string, unmatched: string) => {
    places.set(of, { path: where, unmatched })
    const inside = [...at.nested.values()].filter((inner) => inner.rows > 0)
    of.nested?.forEach((nested, i) => add(nested.node, inside[i]!, inside[i]!.location, unmatchedWords(inside[i]!)))
  }
  add(node, level, path, zeroRows(level, pointedBy === undefined ? 'array relations' : `object relation "${pointedBy}"`))
  return places
}

function unmatchedWords(level: NestedLevel): string {
  const { link, name } = level.relationship
  return zeroRows(level, pointsAway(link) ? `object relation "${name}"` : 'array relations')
}

function zeroRows({ table }: RowLevel, what: string): string {
  return `cannot proceed to insert ${what} since insert to table "${table.relation.name}" affects zero rows`
}
