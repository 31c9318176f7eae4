// How a related row is reached: foreign keys, junctions and functions over the row.
import type { RelationshipLink } from '../tree.ts'
import { callOfRow } from './function-arguments.ts'
import { columnOf, relationName, type Statement } from './statement.ts'

/** FROM item and condition that reach `target` from the row `source`; a junction comes along as a second FROM item. */
export function reach(
  statement: Statement,
  link: RelationshipLink,
  source: string,
  target: string,
): { readonly from: string; readonly where: string | undefined } {
  if (link.function !== undefined) {
    // A function that returns one row, not a set, returns one of nulls when it finds nothing: that is the related row then.
    return { from: `${callOfRow(statement, link.function, link.arguments ?? [], source)} ${target}`, where: undefined }
  }
  const from = `${relationName(link.target)} ${target}`
  if (link.through === undefined) return { from, where: pairs(target, link.targetColumns, source, link.columns) }
  const junction = statement.alias('j')
  const near = pairs(junction, link.through.nearColumns, source, link.columns)
  const far = pairs(target, link.targetColumns, junction, link.through.farColumns)
  return { from: `${from}, ${relationName(link.through.relation)} ${junction}`, where: `${near} and ${far}` }
}

/**
 * May a to-one link find several rows? Nothing but its declaration says that a function gives one, and a view that shows
 * the key of one table may repeat its rows for those of another.
 */
export function mayRepeat({ cardinality, function: fn, target }: RelationshipLink): boolean {
  return cardinality === 'to_one' && (fn !== undefined || target.kind === 'view' || target.kind === 'materialized_view')
}

function pairs(left: string, leftColumns: readonly string[], right: string, rightColumns: readonly string[]): string {
  return leftColumns.map((column, i) => `${columnOf(left, column)} = ${columnOf(right, rightColumns[i]!)}`).join(' and ')
}
