// What fields read from their own row: the columns that a CTE or a sub-select below them has to hand up.
import { quoteIdentifier } from '#libs/postgres'
import type { Relation } from '#libs/catalog'
import type { FieldNode, FilterNode, Operand, OrderNode, ReadableColumn } from '../tree.ts'
import { columnOf, relationName } from './statement.ts'

/** Columns by name, and whether the whole row is needed: computed columns and computed relationships take it. */
export interface Needs {
  readonly columns: Set<string>
  row: boolean
}

/** What the fields, and the joins of their relations, read. */
export function needsOf(fields: readonly FieldNode[], columns: Iterable<string> = []): Needs {
  const needs: Needs = { columns: new Set(), row: false }
  addNeeds(needs, fields)
  for (const name of columns) needs.columns.add(name)
  return needs
}

/** Adds what further fields read. */
export function addNeeds(needs: Needs, fields: readonly FieldNode[]): void {
  for (const field of fields) {
    if (field.kind === 'column') addColumn(needs, field.column)
    if (field.kind === 'computed') needs.row = true
    if (field.kind === 'global_id') for (const name of field.columns) needs.columns.add(name)
    if (field.kind === 'aggregate') for (const column of field.call.columns) addColumn(needs, column)
    if (!('link' in field)) continue
    for (const name of field.link.columns) needs.columns.add(name)
    if (field.link.function !== undefined) needs.row = true
  }
}

function addColumn(needs: Needs, column: ReadableColumn): void {
  if ('kind' in column) needs.row = true
  else needs.columns.add(column.name)
}

/** The needs as a select list over `alias`; empty when nothing is needed. */
export function needsList(needs: Needs, alias: string, relation: Relation): readonly string[] {
  const items = [...needs.columns].map((name) => columnOf(alias, name))
  return needs.row ? [...items, `${alias}.*::${relationName(relation)} as ${rowName(relation)}`] : items
}

/** Under which name the whole row stands in such a list. */
export function rowName(relation: Relation): string {
  let name = 'whole'
  while (relation.columnsByName.has(name)) name += '_'
  return quoteIdentifier(name)
}

/** Do a read's fields, filter or order take the whole row? */
export function takesRow(node: {
  readonly fields: readonly FieldNode[]
  readonly filter?: FilterNode
  readonly order: readonly OrderNode[]
}): boolean {
  return (
    needsOf(node.fields).row ||
    node.order.some(({ operand }) => isOfRow(operand)) ||
    (node.filter !== undefined && filterTakesRow(node.filter))
  )
}

function filterTakesRow(filter: FilterNode): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.items.some(filterTakesRow)
    case 'not':
      return filterTakesRow(filter.item)
    case 'exists':
    case 'related_aggregate':
      return filter.link.function !== undefined
    default:
      return isOfRow(filter.operand)
  }
}

function isOfRow({ column, relatedBy }: Operand): boolean {
  if (relatedBy === undefined) return 'kind' in column
  const first = 'source' in relatedBy ? relatedBy : relatedBy[0]
  return first?.function !== undefined
}
