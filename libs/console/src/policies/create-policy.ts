// POST /policies.
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { quoteIdentifier } from '#libs/postgres'
import type { AdminContext } from '../access/admin-actor.ts'
import type { Applied, PolicyInput } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'
import { nameInput, SchemaChanges, type SchemaChange } from '../tables/schema-change.ts'
import { quoteTable, refuseProtectedSchema, TableLookup, type TableFacts } from '../tables/table-facts.ts'

const expression = z.string().trim().min(1).max(20_000)

/** Body of POST /policies. `using` holds existing rows, `check` new ones; both are SQL. */
export const policyInput = z
  .strictObject({
    schema: nameInput,
    table: nameInput,
    name: nameInput,
    command: z.enum(['all', 'select', 'insert', 'update', 'delete']),
    roles: z.array(nameInput).min(1).max(50),
    permissive: z.boolean().optional(),
    using: expression.optional(),
    check: expression.optional(),
  })
  .refine((input) => input.command !== 'insert' || input.using === undefined, {
    path: ['using'],
    message: 'an insert policy has only a check',
  })
  .refine((input) => !['select', 'delete'].includes(input.command) || input.check === undefined, {
    path: ['check'],
    message: 'select and delete policies have only a using condition',
  })
  .refine((input) => input.using !== undefined || input.check !== undefined, {
    path: ['using'],
    message: 'a condition is needed; for every row write true',
  })

/** The SQL that makes a policy, and what would keep it from working. */
export function planCreatePolicy(table: TableFacts, input: PolicyInput): SchemaChange {
  if (table.kind !== 'table' && table.kind !== 'partitioned table')
    throw consoleErrors.not_a_table({ params: { table: table.name, kind: table.kind } })
  const roles = input.roles.map((role) => (role === 'public' ? 'public' : quoteIdentifier(role))).join(', ')
  const statement = [
    `create policy ${quoteIdentifier(input.name)} on ${quoteTable(table)}`,
    `  as ${input.permissive === false ? 'restrictive' : 'permissive'} for ${input.command} to ${roles}`,
    ...(input.using === undefined ? [] : [`  using (${input.using})`]),
    ...(input.check === undefined ? [] : [`  with check (${input.check})`]),
  ].join('\n')
  return { statements: [statement], lock: 'ACCESS EXCLUSIVE', warnings: policyWarnings(table, input) }
}

function policyWarnings(table: TableFacts, input: PolicyInput): string[] {
  const warnings: string[] = []
  if (!table.rowSecurity) warnings.push('Row-level security of the table is off: the policy has no effect until it is switched on.')
  const ungranted = input.roles.filter(
    (role) => role !== 'public' && role !== 'service_role' && !table.grantedRoles.includes(role) && !table.grantedRoles.includes('public'),
  )
  if (ungranted.length > 0)
    warnings.push(
      `${ungranted.join(', ')} ${ungranted.length === 1 ? 'has' : 'have'} no grant on the table: the policy has no effect until there is one.`,
    )
  if (input.roles.includes('service_role')) warnings.push('service_role bypasses row-level security: policies do not hold for it.')
  if (input.permissive === false && table.policies.length === 0)
    warnings.push('A restrictive policy alone lets nothing through: a permissive one is needed too.')
  const usesSlowUid = [input.using, input.check].some(
    (text) => text !== undefined && /auth\.(uid|jwt|role|email)\(\)/i.test(text) && !/\(\s*select\s+auth\./i.test(text),
  )
  if (usesSlowUid) warnings.push('auth.uid() runs for each row like this; (select auth.uid()) runs once per statement.')
  return warnings
}

/** Makes a policy. */
@Injectable()
export class CreatePolicy {
  constructor(
    @Inject(TableLookup) private readonly lookup: TableLookup,
    @Inject(SchemaChanges) private readonly changes: SchemaChanges,
  ) {}

  async run(input: PolicyInput, admin: AdminContext, dryRun: boolean): Promise<Applied> {
    refuseProtectedSchema(input.schema, true)
    const table = await this.lookup.require(input.schema, input.table)
    return this.changes.apply(planCreatePolicy(table, input), {
      action: 'policy.create',
      target: `${input.schema}.${input.table}: ${input.name}`,
      admin,
      dryRun,
    })
  }
}
