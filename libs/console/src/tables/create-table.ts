// POST /tables.
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { quoteIdentifier, quoteLiteral } from '#libs/postgres'
import type { AdminContext } from '../access/admin-actor.ts'
import type { Applied, TableInput } from '../admin-api.types.ts'
import { columnInput, columnSql } from './column-sql.ts'
import { nameInput, SchemaChanges, type SchemaChange } from './schema-change.ts'
import { quoteTable, refuseProtectedSchema, TableLookup } from './table-facts.ts'

/** Body of POST /tables. Row-level security is on unless it is switched off: closed by default. */
export const tableInput = z.strictObject({
  schema: nameInput,
  name: nameInput,
  comment: z.string().max(10_000).optional(),
  columns: z
    .array(columnInput)
    .max(1_600)
    .refine((columns) => new Set(columns.map((column) => column.name)).size === columns.length, 'two columns have the same name'),
  rowSecurity: z.boolean().optional(),
})

/** The SQL that makes a table. */
export function planCreateTable(input: TableInput): SchemaChange {
  const table = quoteTable(input)
  const primaryKey = input.columns.filter((column) => column.primaryKey === true).map((column) => quoteIdentifier(column.name))
  const lines = input.columns.map(columnSql)
  if (primaryKey.length > 0) lines.push(`primary key (${primaryKey.join(', ')})`)
  const statements = [lines.length === 0 ? `create table ${table} ()` : `create table ${table} (\n  ${lines.join(',\n  ')}\n)`]
  if (input.comment !== undefined && input.comment !== '') statements.push(`comment on table ${table} is ${quoteLiteral(input.comment)}`)
  const warnings: string[] = []
  if (input.rowSecurity === false) {
    warnings.push('Row-level security is off: a role that gets a grant on this table sees and changes every row.')
  } else {
    statements.push(`alter table ${table} enable row level security`)
  }
  if (primaryKey.length === 0) warnings.push('Without a primary key single rows cannot be edited in the console or addressed over GraphQL.')
  const references = input.columns.filter((column) => column.references !== undefined)
  for (const column of references.filter((each) => each.primaryKey !== true && each.unique !== true)) {
    warnings.push(
      `The foreign key column ${column.name} gets no index; deleting in the table that it references then reads this whole table.`,
    )
  }
  // The referenced tables get triggers, which blocks writes to them for a moment.
  return { statements, lock: references.length > 0 ? 'SHARE ROW EXCLUSIVE' : null, warnings }
}

/** Makes a table. */
@Injectable()
export class CreateTable {
  constructor(
    @Inject(TableLookup) private readonly lookup: TableLookup,
    @Inject(SchemaChanges) private readonly changes: SchemaChanges,
  ) {}

  async run(input: TableInput, admin: AdminContext, dryRun: boolean): Promise<Applied> {
    refuseProtectedSchema(input.schema)
    await this.lookup.requireSchema(input.schema)
    await this.lookup.requireTypes(input.columns.map((column) => column.type))
    return this.changes.apply(planCreateTable(input), { action: 'table.create', target: `${input.schema}.${input.name}`, admin, dryRun })
  }
}
