// DELETE /policies/:schema/:table/:name.
import { Inject, Injectable } from '@nestjs/common'
import { quoteIdentifier } from '#libs/postgres'
import type { AdminContext } from '../access/admin-actor.ts'
import type { Applied } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'
import { SchemaChanges, type SchemaChange } from '../tables/schema-change.ts'
import { quoteTable, refuseProtectedSchema, TableLookup, type TableFacts } from '../tables/table-facts.ts'

/** The SQL that removes a policy. */
export function planDropPolicy(table: TableFacts, policy: string): SchemaChange {
  if (!table.policies.includes(policy)) throw consoleErrors.policy_not_found({ params: { table: table.name, policy } })
  const warnings =
    table.policies.length === 1 && table.rowSecurity ? ['It is the last policy: without one, nobody but service_role sees a row.'] : []
  return { statements: [`drop policy ${quoteIdentifier(policy)} on ${quoteTable(table)}`], lock: 'ACCESS EXCLUSIVE', warnings }
}

/** Drops a policy. */
@Injectable()
export class DropPolicy {
  constructor(
    @Inject(TableLookup) private readonly lookup: TableLookup,
    @Inject(SchemaChanges) private readonly changes: SchemaChanges,
  ) {}

  async run(schema: string, name: string, policy: string, admin: AdminContext, dryRun: boolean): Promise<Applied> {
    refuseProtectedSchema(schema, true)
    const table = await this.lookup.require(schema, name)
    return this.changes.apply(planDropPolicy(table, policy), {
      action: 'policy.drop',
      target: `${schema}.${name}: ${policy}`,
      admin,
      dryRun,
    })
  }
}
