// The three shapes of a table: a row as it is read, what an insert takes, what an update takes.
import { literalDefault } from './default-value.ts'
import { exampleOf } from './examples.ts'
import type { ColumnSurface, TableSurface } from './surface.ts'
import type { OperationContext } from './table-operations.ts'
import type { Schema } from './type-schemas.ts'

type Shape = 'row' | 'insert' | 'update'

/** Schemas by component name. What a column means is told with the row; the other two hold what a generator needs. */
export function tableSchemas(context: OperationContext, table: TableSurface): Readonly<Record<string, Schema>> {
  const { relation, columns } = table
  const { name } = relation
  const nameOf = (...words: string[]) => context.names.of('schemas', name, ...words)
  const schemas: Record<string, Schema> = {}
  if (table.read) {
    const readable = columns.filter((column) => column.read)
    schemas[nameOf()] = objectOf(context, 'row', readable, readable, relation.comment ?? undefined)
  }
  if (table.insert) {
    const insertable = columns.filter((column) => column.insert)
    const required = insertable.filter(({ column }) => !column.nullable && !column.hasDefault && column.generated === 'no')
    schemas[nameOf('insert')] = objectOf(context, 'insert', insertable, required, `A new row of ${name}.`)
  }
  if (table.update) {
    const updatable = columns.filter((column) => column.update)
    schemas[nameOf('update')] = objectOf(context, 'update', updatable, [], `Columns of ${name} to change.`)
  }
  return schemas
}

function objectOf(
  context: OperationContext,
  shape: Shape,
  columns: readonly ColumnSurface[],
  required: readonly ColumnSurface[],
  description: string | undefined,
): Schema {
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(columns.map((column) => [column.column.name, propertyOf(context, shape, column)])),
    required: required.length === 0 ? undefined : required.map(({ column }) => column.name),
    additionalProperties: shape === 'row' ? undefined : false,
  }
}

function propertyOf({ types }: OperationContext, shape: Shape, { column, inKey, references }: ColumnSurface): Schema {
  const { maxLength } = column
  const type = types.of(column.type, column.nullable)
  // Generators take a property with a default for one that is always there, so only the row has it.
  if (shape !== 'row') return { ...type, maxLength }
  const example = exampleOf(column)
  return {
    ...type,
    'x-postgres-type': types.labelOf(column.type),
    description: describe(column.comment, inKey, references),
    maxLength,
    default: literalDefault(column),
    readOnly: column.generated === 'stored' ? true : undefined,
    examples: example === undefined ? undefined : [example],
  }
}

/** A new row with what it needs, and what has no default. */
export function insertExample({ columns }: TableSurface): Readonly<Record<string, unknown>> {
  const told = columns.filter(({ insert, column }) => insert && !column.hasDefault && column.generated === 'no')
  return Object.fromEntries(told.map(({ column }) => [column.name, exampleOf(column) ?? null]))
}

/** The first column that an update would change. */
export function updateExample({ columns }: TableSurface): Readonly<Record<string, unknown>> {
  const column =
    columns.find(({ update, inKey, references }) => update && !inKey && references === undefined) ?? columns.find(({ update }) => update)
  return column === undefined ? {} : { [column.column.name]: exampleOf(column.column) ?? null }
}

function describe(comment: string | null, inKey: boolean, references: ColumnSurface['references']): string | undefined {
  const notes = [
    ...(comment === null || comment === '' ? [] : [comment]),
    ...(inKey ? ['Part of the primary key.'] : []),
    ...(references === undefined ? [] : [`Refers to ${references.table}.${references.column}.`]),
  ]
  return notes.length === 0 ? undefined : notes.join('\n\n')
}
