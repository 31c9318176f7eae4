// POST /tables/:schema/:table/open: row-level security, grants and policies in one step, from one of four templates.
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { quoteIdentifier } from '#libs/postgres'
import type { AdminContext } from '../access/admin-actor.ts'
import type { Applied, OpenTableInput } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'
import { nameInput, SchemaChanges, type SchemaChange } from './schema-change.ts'
import { quoteTable, refuseProtectedSchema, TableLookup, type TableFacts } from './table-facts.ts'

/** Body of POST /tables/…/open. */
export const openTableInput = z
  .strictObject({
    template: z.enum(['everyone_reads', 'signed_in_reads', 'owner_only', 'everyone_reads_owner_writes']),
    ownerColumn: nameInput.optional(),
  })
  .refine((input) => !input.template.includes('owner') || input.ownerColumn !== undefined, {
    path: ['ownerColumn'],
    message: 'the owner templates need it',
  })

/** Names of the policies that the templates make; choosing another template replaces them. */
const policyNames = {
  everyone: 'Everyone reads',
  signedIn: 'Signed-in users read',
  owner: 'Owners have their own rows',
  write: 'Owners write their own rows',
} as const

/** The SQL that opens a table as a template says. What an earlier template granted is taken back first. */
export function planOpenTable(table: TableFacts, input: OpenTableInput): SchemaChange {
  if (table.kind !== 'table' && table.kind !== 'partitioned table')
    throw consoleErrors.not_a_table({ params: { table: table.name, kind: table.kind } })
  const name = quoteTable(table)
  const isReadByAnon = input.template.startsWith('everyone')
  const isWritten = input.template.includes('owner')
  const statements = [`alter table ${name} enable row level security`, `revoke all on table ${name} from anon, authenticated`]
  for (const policy of Object.values(policyNames)) {
    if (table.policies.includes(policy)) statements.push(`drop policy ${quoteIdentifier(policy)} on ${name}`)
  }
  if (table.schema !== 'public')
    statements.push(`grant usage on schema ${quoteIdentifier(table.schema)} to ${isReadByAnon ? 'anon, ' : ''}authenticated`)
  if (isReadByAnon) statements.push(`grant select on table ${name} to anon`)
  statements.push(`grant ${isWritten ? 'select, insert, update, delete' : 'select'} on table ${name} to authenticated`)
  if (isWritten) {
    for (const sequence of table.serialSequences) statements.push(`grant usage on sequence ${quoteTable(sequence)} to authenticated`)
  }
  statements.push(...policiesOf(name, input, table))
  const others = table.policies.filter((policy) => !(Object.values(policyNames) as string[]).includes(policy))
  const warnings = others.length === 0 ? [] : [`Other policies stay and may allow more: ${others.join(', ')}.`]
  return { statements, lock: 'ACCESS EXCLUSIVE', warnings: [...warnings, ...ownerColumnWarnings(table, input)] }
}

function policiesOf(name: string, input: OpenTableInput, table: TableFacts): string[] {
  const create = (policy: string, rest: string) => `create policy ${quoteIdentifier(policy)} on ${name} ${rest}`
  const everyone = create(policyNames.everyone, 'for select to anon, authenticated using (true)')
  if (input.template === 'everyone_reads') return [everyone]
  if (input.template === 'signed_in_reads') return [create(policyNames.signedIn, 'for select to authenticated using (true)')]
  const column = table.columns.find((candidate) => candidate.name === input.ownerColumn)
  if (column === undefined) throw consoleErrors.column_not_found({ params: { table: table.name, column: input.ownerColumn ?? '' } })
  if (column.type !== 'uuid') throw consoleErrors.owner_column_unfit({ params: { column: column.name, type: column.type } })
  // In a sub-query the function runs once per statement and not once per row.
  const isOwner = `(select auth.uid()) = ${quoteIdentifier(column.name)}`
  const all = (policy: string) => create(policy, `for all to authenticated using (${isOwner}) with check (${isOwner})`)
  return input.template === 'owner_only' ? [all(policyNames.owner)] : [everyone, all(policyNames.write)]
}

function ownerColumnWarnings(table: TableFacts, input: OpenTableInput): string[] {
  const column = table.columns.find((candidate) => candidate.name === input.ownerColumn)
  if (column === undefined) return []
  const warnings: string[] = []
  if (!column.hasDefault)
    warnings.push(`${column.name} has no default: clients have to send it. With the default auth.uid() it fills itself.`)
  if (!column.indexed) warnings.push(`${column.name} has no index: each read looks at every row of the table.`)
  return warnings
}

/** Opens a table. */
@Injectable()
export class OpenTable {
  constructor(
    @Inject(TableLookup) private readonly lookup: TableLookup,
    @Inject(SchemaChanges) private readonly changes: SchemaChanges,
  ) {}

  async run(schema: string, name: string, input: OpenTableInput, admin: AdminContext, dryRun: boolean): Promise<Applied> {
    refuseProtectedSchema(schema)
    const table = await this.lookup.require(schema, name)
    return this.changes.apply(planOpenTable(table, input), { action: 'table.open', target: `${schema}.${name}`, admin, dryRun })
  }
}
