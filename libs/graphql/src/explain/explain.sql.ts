// What the database knows about the policies of relations.

/**
 * Row-level security of relations for one role: whether it holds, and the policies that apply. Values: schemas, names,
 * role. A policy applies to a role that has the privileges of one of the policy's roles.
 */
export const POLICIES_OF_RELATIONS = `
select n.nspname as schema, c.relname as name,
       c.relrowsecurity as "rowSecurity",
       r.rolbypassrls or r.rolsuper or (pg_catalog.pg_has_role(r.oid, c.relowner, 'usage') and not c.relforcerowsecurity) as bypassed,
       coalesce((
         select json_agg(json_build_object('name', p.policyname, 'command', lower(p.cmd), 'permissive', p.permissive = 'PERMISSIVE',
                'roles', p.roles, 'using', p.qual, 'check', p.with_check) order by p.policyname)
           from pg_catalog.pg_policies p
          where p.schemaname = n.nspname and p.tablename = c.relname
            and exists (select from unnest(p.roles) as of_role(name)
                        where of_role.name = 'public' or pg_catalog.pg_has_role(r.oid, of_role.name, 'usage'))
       ), '[]') as policies
  from unnest($1::text[], $2::text[]) as wanted(schema, name)
  join pg_catalog.pg_namespace n on n.nspname = wanted.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
  join pg_catalog.pg_roles r on r.rolname = $3
 order by n.nspname, c.relname`
