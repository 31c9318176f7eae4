// What a row gets that is inserted through a view without one of its columns: the view's own default, otherwise that of the
// table below, as Postgres itself does it where it passes the insert on to the table.
import type { Column } from './model.ts'
import type { RelationShape } from './relation-shape.ts'
import type { ViewColumns } from './view-lineage.ts'

/** What of a view or table the defaults are made of. */
export interface DefaultSource {
  readonly shapes: ReadonlyMap<number, RelationShape>
  readonly views: ReadonlyMap<number, ViewColumns>
  /** Does Postgres pass what is inserted there on to the relation below? */
  passesOn(view: number): boolean
}

/** The shape with the defaults of the tables below; the same object where there is nothing to take over. */
export function withDefaultsBelow(shape: RelationShape, source: DefaultSource): RelationShape {
  if (!source.passesOn(shape.oid)) return shape
  const columns = shape.columns.map((column) => columnWithDefault(column, shape.oid, source))
  if (columns.every((column, i) => column === shape.columns[i])) return shape
  return { ...shape, columns, columnsByName: new Map(columns.map((column) => [column.name, column])) }
}

function columnWithDefault(column: Column, view: number, source: DefaultSource): Column {
  const found = hasDefault(column) ? undefined : defaultBelow(column, view, source)
  if (found === undefined) return column
  return { ...column, hasDefault: true, defaultExpression: found.defaultExpression, identitySequence: found.identitySequence }
}

/** The nearest column below that has a default. */
function defaultBelow(column: Column, view: number, source: DefaultSource): Column | undefined {
  if (!source.passesOn(view)) return undefined
  const origin = source.views.get(view)?.get(column.position)
  const below = source.shapes.get(origin?.relation ?? 0)?.columns.find(({ position }) => position === origin?.column)
  if (origin === undefined || below === undefined) return undefined
  return hasDefault(below) ? below : defaultBelow(below, origin.relation, source)
}

/** Values of other generated columns cannot be given, not even the ones that they would have. */
function hasDefault({ generated, defaultExpression, identitySequence }: Column): boolean {
  return (generated === 'no' || generated === 'identity_by_default') && (defaultExpression !== null || identitySequence != null)
}
