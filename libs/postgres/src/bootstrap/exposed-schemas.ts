// service_role may do everything in every schema that the APIs expose, not only in `public`.
import { quoteIdentifier, quoteLiteral } from '../identifiers.ts'
import { withClient } from './bootstrap.ts'
import { serviceRoleStatements } from './roles.sql.ts'

/**
 * Grants service_role what is in the schemas and what will be made there. As plinth_owner (`url`), so it covers what the
 * owner owns; a schema that does not exist or belongs to another role is left alone.
 */
export async function openSchemasToServiceRole(url: string, schemas: readonly string[]): Promise<void> {
  const others = schemas.filter((schema) => schema !== 'public')
  if (others.length === 0) return
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select nspname as name from pg_catalog.pg_namespace where nspname = any($1) and nspowner = current_user::regrole',
      [others],
    )
    for (const { name } of rows) await client.query([...serviceRoleStatements(name), grantExisting(name)].join(';\n'))
  })
}

/** One GRANT per object of ours: ALL TABLES IN SCHEMA would fail at the first object of another role. */
function grantExisting(schema: string): string {
  const namespace = `${quoteLiteral(quoteIdentifier(schema))}::regnamespace`
  return `do $$ declare object text; begin
    for object in
      select format('%s %s', case when relkind = 'S' then 'sequence' else 'table' end, oid::regclass) from pg_catalog.pg_class
        where relnamespace = ${namespace} and relkind in ('r', 'p', 'v', 'm', 'f', 'S') and relowner = current_user::regrole
      union all
      select format('routine %s', oid::regprocedure) from pg_catalog.pg_proc
        where pronamespace = ${namespace} and proowner = current_user::regrole and prokind <> 'a'
    loop execute format('grant all on %s to service_role', object); end loop; end $$`
}
