// DELETE /tables/:schema/:table.
import { Inject, Injectable } from '@nestjs/common'
import type { AdminContext } from '../access/admin-actor.ts'
import type { Applied } from '../admin-api.types.ts'
import { SchemaChanges, type SchemaChange } from './schema-change.ts'
import { quoteTable, refuseProtectedSchema, TableLookup, type TableFacts } from './table-facts.ts'

/** The SQL that removes a table or view. Without CASCADE: Postgres refuses while something depends on it, and names it. */
export function planDropTable(table: TableFacts): SchemaChange {
  const isStored = table.kind !== 'view' && table.kind !== 'foreign table'
  return {
    statements: [`drop ${table.kind === 'partitioned table' ? 'table' : table.kind} ${quoteTable(table)}`],
    lock: 'ACCESS EXCLUSIVE',
    warnings: isStored ? [`All its rows (about ${table.estimatedRows}) are deleted for good.`] : [],
  }
}

/** Drops a table. */
@Injectable()
export class DropTable {
  constructor(
    @Inject(TableLookup) private readonly lookup: TableLookup,
    @Inject(SchemaChanges) private readonly changes: SchemaChanges,
  ) {}

  async run(schema: string, name: string, admin: AdminContext, dryRun: boolean): Promise<Applied> {
    refuseProtectedSchema(schema)
    const table = await this.lookup.require(schema, name)
    return this.changes.apply(planDropTable(table), { action: 'table.drop', target: `${schema}.${name}`, admin, dryRun })
  }
}
