// What Postgres knows of a role's rights on a relation, and policies tried on rows. Expressions of policies are the
// database's own text (pg_get_expr), made and run under one search_path.
import { quoteIdentifier } from '#libs/postgres'
import type { Relation } from '#libs/catalog'

/** Row security, rights and policies of relation `$1` (oid) for role `$2`, as one JSON object. */
export const RIGHTS = `
select json_build_object(
  'bypasses', r.rolsuper or r.rolbypassrls, 'owns', pg_has_role(r.oid, c.relowner, 'USAGE'),
  'enabled', c.relrowsecurity, 'forced', c.relforcerowsecurity, 'usage', has_schema_privilege(r.oid, c.relnamespace, 'USAGE'),
  'select', (select coalesce(json_agg(a.attname), '[]') from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    and has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT')),
  'insert', (select coalesce(json_agg(a.attname), '[]') from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    and has_column_privilege(r.oid, c.oid, a.attnum, 'INSERT')),
  'update', (select coalesce(json_agg(a.attname), '[]') from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    and has_column_privilege(r.oid, c.oid, a.attnum, 'UPDATE')),
  'delete', has_table_privilege(r.oid, c.oid, 'DELETE'),
  'policies', (select coalesce(json_agg(json_build_object(
      'name', p.polname, 'command', p.polcmd, 'permissive', p.polpermissive,
      'roles', (select json_agg(case o.oid when 0 then 'public' else pg_get_userbyid(o.oid) end) from unnest(p.polroles) o(oid)),
      'applies', exists (select 1 from unnest(p.polroles) o(oid) where o.oid = 0 or (o.oid <> 0 and pg_has_role(r.oid, o.oid, 'USAGE'))),
      'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)
    ) order by p.polname), '[]') from pg_policy p where p.polrelid = c.oid)
)::text
from pg_class c cross join pg_roles r where c.oid = $1::oid and r.rolname = $2`

/** How many rows at these places there are, and how many of them pass each expression. */
export function countOfPlaces(relation: Relation, places: string, expressions: readonly string[]): string {
  const alias = quoteIdentifier(relation.name)
  const table = `${quoteIdentifier(relation.schema)}.${alias} as ${alias}`
  return `with plinth_places as materialized (${places})
select count(*)${countsOf(expressions)} from ${table} where (${alias}.tableoid, ${alias}.ctid) in (select p.tableoid, p.ctid from plinth_places p)`
}

/** The same over the new rows of a mutation. */
export function countOfNewRows(relation: Relation, mutation: string, expressions: readonly string[]): string {
  return `with plinth_rows as (${mutation}) select count(*)${countsOf(expressions)} from plinth_rows as ${quoteIdentifier(relation.name)}`
}

function countsOf(expressions: readonly string[]): string {
  return expressions.map((expression) => `, count(*) filter (where (${expression}))`).join('')
}
