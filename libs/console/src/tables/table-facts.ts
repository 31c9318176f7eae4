// What a planned change has to know of a table. Read from pg_catalog, because tables of schemas that the APIs do not
// expose can be changed too.
import { Inject, Injectable } from '@nestjs/common'
import { PlatformDatabase, quoteIdentifier } from '#libs/postgres'
import { consoleErrors } from '../console.errors.ts'

/** A table or view as it is now. */
export interface TableFacts {
  readonly schema: string
  readonly name: string
  readonly kind: 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table'
  readonly columns: readonly {
    readonly name: string
    readonly type: string
    readonly nullable: boolean
    readonly hasDefault: boolean
    readonly indexed: boolean
  }[]
  readonly rowSecurity: boolean
  /** The planner's estimate; 0 when it has never looked. */
  readonly estimatedRows: number
  readonly sizeBytes: number
  readonly policies: readonly string[]
  /** Sequences behind serial columns; inserting needs USAGE on them. */
  readonly serialSequences: readonly { readonly schema: string; readonly name: string }[]
  /** Roles that may select, insert, update or delete in it. */
  readonly grantedRoles: readonly string[]
}

const platformSchemas: ReadonlySet<string> = new Set(['plinth', 'auth', 'storage', 'realtime', 'information_schema'])
/** Schemas of the platform whose tables take the owner's policies. */
const policySchemas: ReadonlySet<string> = new Set(['storage', 'realtime'])

/** Refuses schemas that are not the owner's to change. */
export function refuseProtectedSchema(schema: string, forPolicies = false): void {
  const isProtected = platformSchemas.has(schema) || schema.startsWith('pg_')
  if (isProtected && !(forPolicies && policySchemas.has(schema))) throw consoleErrors.schema_protected({ params: { schema } })
}

/** `"schema"."name"`. */
export function quoteTable(table: { readonly schema: string; readonly name: string }): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
}

// The size is the planner's: pg_total_relation_size would wait behind a running ALTER TABLE.
const factsSql = `
select n.nspname as schema, c.relname as name, c.relrowsecurity as "rowSecurity",
       case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view' when 'm' then 'materialized view' else 'foreign table' end as kind,
       greatest(c.reltuples, 0)::float8 as "estimatedRows", c.relpages::float8 * current_setting('block_size')::int as "sizeBytes",
       (select coalesce(json_agg(json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'nullable', not a.attnotnull,
                  'hasDefault', a.atthasdef or a.attidentity <> '',
                  'indexed', exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum)) order by a.attnum), '[]'::json)
          from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
       (select coalesce(json_agg(p.polname order by p.polname), '[]'::json) from pg_catalog.pg_policy p where p.polrelid = c.oid) as policies,
       (select coalesce(json_agg(json_build_object('schema', sn.nspname, 'name', s.relname)), '[]'::json)
          from pg_catalog.pg_depend d join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S' join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
         where d.refobjid = c.oid and d.refclassid = 'pg_catalog.pg_class'::regclass and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'a') as "serialSequences",
       (select coalesce(json_agg(distinct coalesce(r.rolname, 'public')), '[]'::json) from pg_catalog.aclexplode(c.relacl) g left join pg_catalog.pg_roles r on r.oid = g.grantee
         where g.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') and g.grantee <> c.relowner) as "grantedRoles"
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')`

/** Looks tables, types and schemas up. */
@Injectable()
export class TableLookup {
  constructor(@Inject(PlatformDatabase) private readonly database: PlatformDatabase) {}

  async find(schema: string, name: string): Promise<TableFacts | undefined> {
    const [facts] = await this.database.query<TableFacts>(factsSql, [schema, name])
    return facts
  }

  async require(schema: string, name: string): Promise<TableFacts> {
    const facts = await this.find(schema, name)
    if (facts === undefined) throw consoleErrors.table_not_found({ params: { schema, table: name } })
    return facts
  }

  async requireSchema(schema: string): Promise<void> {
    const rows = await this.database.query('select from pg_catalog.pg_namespace where nspname = $1', [schema])
    if (rows.length === 0) throw consoleErrors.schema_not_found({ params: { schema } })
  }

  /** Refuses type texts that Postgres does not know. What passes is nothing but a type, so it may stand in SQL text. */
  async requireTypes(types: readonly string[]): Promise<void> {
    for (const type of new Set(types)) {
      if (/^(small|big)?serial$/i.test(type)) continue
      if (/--|\/\*|[;\0]/.test(type)) throw consoleErrors.type_not_found({ params: { type } })
      // Before Postgres 16 to_regtype throws on texts that do not even parse.
      const rows = await this.database
        .query<{ found: boolean }>('select pg_catalog.to_regtype($1) is not null as found', [type])
        .catch(() => [])
      if (rows[0]?.found !== true) {
        throw consoleErrors.type_not_found({
          params: { type },
          hint: 'Write the type as in SQL, for example text, integer, numeric(10,2), timestamptz or uuid.',
        })
      }
    }
  }
}
