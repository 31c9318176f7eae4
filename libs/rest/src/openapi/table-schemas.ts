// The three shapes of a table: a row as it is read, what an insert takes, what an update takes.
import { literalDefault } from './default-value.ts'
import { exampleOf } from './examples.ts'
import type { ColumnSurface, TableSurface } from './surface.ts'
import type { OperationContext } from './table-operations.ts'
import type { Schema } from './type-schemas.ts'

/** Schemas by component name. */
export function tableSchemas({ names, types }: OperationContext, table: TableSurface): Readonly<Record<string, Schema>> {
  const { relation, columns } = table
  const { name } = relation
  const property = ({ column, inKey, references }: ColumnSurface, row: boolean): Schema => {
    const description = describe(column.comment, inKey, references)
    const example = row ? exampleOf(column) : undefined
    return {
      ...types.of(column.type, column.nullable),
      description,
      maxLength: column.maxLength,
      default: literalDefault(column),
      readOnly: row && column.generated === 'stored' ? true : undefined,
      examples: example === undefined ? undefined : [example],
    }
  }
  const objectOf = (
    chosen: readonly ColumnSurface[],
    required: readonly ColumnSurface[],
    description: string | undefined,
    row: boolean,
  ) => ({
    type: 'object',
    description,
    properties: Object.fromEntries(chosen.map((column) => [column.column.name, property(column, row)])),
    required: required.length === 0 ? undefined : required.map(({ column }) => column.name),
    additionalProperties: row ? undefined : false,
  })
  const schemas: Record<string, Schema> = {}
  if (table.read) {
    const readable = columns.filter((column) => column.read)
    schemas[names.of('schemas', name)] = objectOf(readable, readable, relation.comment ?? undefined, true)
  }
  if (table.insert) {
    const insertable = columns.filter((column) => column.insert)
    const required = insertable.filter(({ column }) => !column.nullable && !column.hasDefault && column.generated === 'no')
    schemas[names.of('schemas', name, 'insert')] = objectOf(insertable, required, `A new row of ${name}.`, false)
  }
  if (table.update) {
    schemas[names.of('schemas', name, 'update')] = objectOf(
      columns.filter((column) => column.update),
      [],
      `Columns of ${name} to change.`,
      false,
    )
  }
  return schemas
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
