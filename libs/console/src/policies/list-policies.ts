// GET /policies.
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { PlatformDatabase } from '#libs/postgres'
import type { Policy } from '../admin-api.types.ts'
import { summarizePolicy } from './policy-summary.ts'

/** Query string of GET /policies. */
export const policiesQuery = z.object({ schema: z.string().max(63).optional(), table: z.string().max(63).optional() })

const policiesSql = `
select schemaname as schema, tablename as "table", policyname as name, lower(cmd) as command, roles::text[] as roles,
       permissive = 'PERMISSIVE' as permissive, qual as using, with_check as check
  from pg_catalog.pg_policies
 where ($1::text is null or schemaname = $1) and ($2::text is null or tablename = $2) and schemaname not in ('plinth', 'auth')
 order by schemaname, tablename, policyname`

/** Lists policies with a summary each. The platform's internal schemas are left out. */
@Injectable()
export class ListPolicies {
  constructor(@Inject(PlatformDatabase) private readonly database: PlatformDatabase) {}

  async run(filter: z.output<typeof policiesQuery>): Promise<Policy[]> {
    const rows = await this.database.query<Omit<Policy, 'summary'>>(policiesSql, [filter.schema ?? null, filter.table ?? null])
    return rows.map((row) => ({ ...row, summary: summarizePolicy(row) }))
  }
}
