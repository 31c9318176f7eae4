// Inserts: rows, the rows inside them, and what happens to those that are there already.
import type { Column } from '#libs/catalog'
import type { InsertNode, NestedInsert, ValueNode } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import type { TableModel } from '../../model/role-model.ts'
import { filterOf } from '../filters/filters.ts'
import { givenRow } from './given-row.ts'
import { InsertedRows, type NestedLevel, type RowLevel } from './inserted-rows.ts'
import type { Input } from '../inputs.ts'
import { parameter } from '../parameters.ts'
import type { Planning } from '../planning.ts'
import { rowsText } from './rows-text.ts'
import { required } from './required-inputs.ts'

/** An insert, and the level of its rows. */
export interface PlannedInsert {
  readonly node: InsertNode
  readonly level: RowLevel
}

/** The insert of `objects` (or `object`); `location` is that of the arguments, `name` that of the rows' argument. */
export function insertOf(
  planning: Planning,
  table: TableModel,
  objects: Input,
  onConflict: Input | undefined,
  location: string,
  name: 'objects' | 'object',
): PlannedInsert {
  const level = new InsertedRows(planning).read(table, objects, `${location}.${name}`)
  const conflict = onConflict === undefined ? undefined : conflictOf(planning, table, onConflict, `${location}.on_conflict`)
  const isRow = level.rows === 1 && isFlat(level)
  const rows = isRow ? givenRow(planning, table, objects, columnsOf(level), `${location}.${name}`) : rowsParameter(planning, level, objects)
  return { node: { ...nodeOf(planning, level, rows), conflict }, level }
}

/** All rows as one JSON parameter. */
function rowsParameter(planning: Planning, level: RowLevel, objects: Input): ValueNode {
  const template = planning.inputs.template(objects)
  return parameter(template, rowsText(level, template.kind === 'path'), 'json', planning.variables)
}

function isFlat(level: RowLevel): boolean {
  return [...level.nested.values()].every(({ rows }) => rows === 0)
}

/** The columns that the rows give, in the table's order. */
function columnsOf({ table, columns, rows }: RowLevel): readonly Column[] {
  const insertable = [...table.insertable.values()]
  // No rows: any one column will do, and none is written.
  return rows === 0 ? insertable.slice(0, 1) : insertable.filter((column) => columns.get(table.nameOf(column)) === column)
}

/** The insert of a level's rows, with those inside them. */
export function nodeOf(planning: Planning, level: RowLevel, rows: InsertNode['rows']): InsertNode {
  const { table } = level
  const nested = [...level.nested.values()].filter((inner) => inner.rows > 0)
  return {
    kind: 'insert',
    relation: table.relation,
    columns: columnsOf(level),
    rows,
    missingAsDefault: true,
    ...(nested.length === 0 ? {} : { nested: nested.map((inner) => nestedOf(planning, inner, rows)) }),
    returning: null,
  }
}

function nestedOf(planning: Planning, level: NestedLevel, rows: InsertNode['rows']): NestedInsert {
  const { relationship } = level
  return {
    link: relationship.link,
    key: level.key,
    node: { ...nodeOf(planning, level, rows), conflict: relatedConflict(planning, level) },
  }
}

/** The rows of a level go in as one statement, which has one ON CONFLICT. */
export function relatedConflict(planning: Planning, { conflict, table, location }: NestedLevel): InsertNode['conflict'] {
  return conflict.input === undefined ? undefined : conflictOf(planning, table, conflict.input, location.replace(/\.data$/, '.on_conflict'))
}

/** `on_conflict` */
export function conflictOf(planning: Planning, table: TableModel, input: Input, location: string): NonNullable<InsertNode['conflict']> {
  const { inputs } = planning
  const given = new Map(inputs.entries(input, `${table.name}_on_conflict`, location).filter(([, value]) => !inputs.isNull(value)))
  const key = table.constraints.get(inputs.enumValue(required(given, 'constraint', location)))
  if (key === undefined) throw validationFailed(`missing required field 'constraint'`, location)
  const columns = given.get('update_columns')
  const update = columns === undefined ? [] : inputs.items(columns).map((item) => updateColumn(table, inputs.enumValue(item), location))
  const where = given.get('where')
  return {
    target: key.columns,
    action: update.length === 0 ? 'ignore' : 'merge',
    update: [...new Set(update)],
    filter: where === undefined ? undefined : filterOf(planning, table, where, `${location}.where`),
  }
}

function updateColumn(table: TableModel, name: string, location: string): Column {
  const column = table.updatable.get(name)
  if (column === undefined) throw validationFailed('erroneous column name', `${location}.update_columns`)
  return column
}
