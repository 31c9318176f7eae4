// The SQL of the catalog. Both statements read pg_catalog only and name nothing that a search_path could change.

/**
 * Reads the whole model in one statement: one row, one column, JSON text.
 * `$1` exposed schemas, `$2` logins whose roles count, `$3` the extra search path, all text[].
 *
 * Privileges come as raw grants by grantee; which grantees count for a role is decided once per role (`roles.holds`),
 * not once per role and table, so 50 roles over 2,000 tables cost no more than one.
 */
export const INTROSPECTION = `
with recursive exposed as (select oid from pg_namespace where nspname = any($1::text[])),
extra as (select oid from pg_namespace where nspname = any($3::text[])),
own as (
  select c.oid from pg_class c
  where c.relnamespace in (select oid from exposed) and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
),
rels as (
  select oid from own
  union select k.confrelid from pg_constraint k where k.contype = 'f' and k.conrelid in (select oid from own)
),
-- Tables and views behind the exposed views, of any schema.
behind(oid) as (
  select oid from own
  union select d.refobjid from behind join pg_rewrite r on r.ev_class = behind.oid and r.rulename = '_RETURN'
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
),
funcs as (
  select p.*, p.pronamespace in (select oid from exposed) as exposed from pg_proc p
  where p.prokind = 'f' and (p.pronamespace in (select oid from exposed)
      or (p.pronamespace in (select oid from extra) and p.pronargs = 1 and p.proargtypes[0] in (select reltype from pg_class where oid in (select oid from rels))))
    and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype, 'language_handler'::regtype)
    and not ('internal'::regtype = any (p.proargtypes))
),
shapes as (
  select c.oid from pg_class c join pg_type t on t.typrelid = c.oid and c.relkind = 'c' where t.oid in (select prorettype from funcs)
),
takeable as (
  select distinct r.oid, r.rolname, r.rolsuper
  from pg_roles login cross join pg_roles r
  where login.rolname = any($2::text[]) and not r.rolname = any($2::text[])
    and pg_has_role(login.oid, r.oid, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)
)
select json_build_object(
  'request_settings', exists (select 1 from pg_proc p where p.oid >= 16384 and (p.prosrc ~ 'request\\.(?!jwt)'
      or (p.prosqlbody is not null and pg_get_function_sqlbody(p.oid) ~ 'request\\.(?!jwt)')))
    or exists (select 1 from pg_policy p where concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ~ 'request\\.(?!jwt)')
    or exists (select 1 from pg_attrdef d where pg_get_expr(d.adbin, d.adrelid) ~ 'request\\.(?!jwt)')
    or exists (select 1 from pg_class c where c.oid >= 16384 and c.relkind = 'v' and pg_get_viewdef(c.oid) ~ 'request\\.(?!jwt)'),
  'response_settings', exists (select 1 from pg_proc p where p.oid >= 16384 and (p.prosrc ~ 'response\\.(headers|status)'
      or (p.prosqlbody is not null and pg_get_function_sqlbody(p.oid) ~ 'response\\.(headers|status)')))
    or exists (select 1 from pg_class c where c.oid >= 16384 and c.relkind = 'v' and pg_get_viewdef(c.oid) ~ 'response\\.(headers|status)'),
  'schemas', (select json_object_agg(n.nspname, (
      select json_agg(distinct g.grantee::int8) from aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g where g.privilege_type = 'USAGE'))
    from pg_namespace n where n.oid in (select oid from exposed) or n.oid in (select relnamespace from pg_class where oid in (select oid from rels))),
  'schema_comments', (select json_object_agg(e.nspname, e.comment) from (
      select n.nspname, obj_description(n.oid, 'pg_namespace') as comment from pg_namespace n where n.oid in (select oid from exposed)) e where e.comment is not null),
  'roles', (select json_agg(json_build_object('name', t.rolname, 'super', t.rolsuper, 'holds',
      (select json_agg(g.oid::int8) from pg_roles g where pg_has_role(t.oid, g.oid, 'USAGE'))) order by t.rolname) from takeable t),
  'relations', (select json_agg(json_build_object(
      'oid', c.oid::int8, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind, 'comment', obj_description(c.oid, 'pg_class'),
      'rls', c.relrowsecurity, 'forced', c.relforcerowsecurity, 'identity', c.relreplident,
      'invoker', case when c.relkind = 'v' then coalesce(
          (select o.option_value::boolean from pg_options_to_table(c.reloptions) o where o.option_name = 'security_invoker'), false) else c.relkind <> 'm' end,
      'changes', case c.relkind when 'r' then 28 when 'p' then 28 when 'm' then 0 else pg_relation_is_updatable(c.oid, true) end,
      'acl', (select json_agg(json_build_array(g.grantee::int8, g.privilege_type)) from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) g
              where g.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))
    ) order by n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid in (select oid from rels)),
  'columns', (select json_agg(json_build_object(
      'rel', a.attrelid::int8, 'pos', a.attnum, 'name', a.attname, 'type', a.atttypid::int8,
      'notnull', a.attnotnull or t.typnotnull, 'identity', a.attidentity, 'generated', a.attgenerated,
      'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end, 'hasdefault', a.atthasdef or a.attidentity <> '' or t.typdefault is not null,
      'sequence', case when a.attidentity <> '' then pg_get_serial_sequence(a.attrelid::regclass::text, a.attname) end,
      'maxlength', case when t.typtype = 'd' then
          case when t.typtypmod < 0 then null when t.typbasetype in (1042, 1043) then t.typtypmod - 4 when t.typbasetype in (1560, 1562) then t.typtypmod end
        when a.atttypmod < 0 then null when t.oid in (1042, 1043) then a.atttypmod - 4 when t.oid in (1560, 1562) then a.atttypmod end,
      'comment', col_description(a.attrelid, a.attnum),
      'acl', case when a.attacl is not null then (select json_agg(json_build_array(g.grantee::int8, g.privilege_type)) from aclexplode(a.attacl) g) end
    ) order by a.attrelid, a.attnum)
    from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where (a.attrelid in (select oid from rels) or a.attrelid in (select oid from shapes)) and a.attnum > 0 and not a.attisdropped),
  'shapes', (select json_agg(json_build_object('oid', c.oid::int8, 'type', c.reltype::int8)) from pg_class c where c.oid in (select oid from shapes)),
  'keys', (select json_agg(json_build_object('rel', i.indrelid::int8, 'name', c.relname, 'primary', i.indisprimary,
      'columns', (select json_agg(k.attnum order by k.n) from unnest(i.indkey::int2[]) with ordinality k(attnum, n) where k.n <= i.indnkeyatts))
      order by i.indrelid, i.indisprimary desc, c.relname)
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid in (select oid from rels union select oid from behind) and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null),
  'foreign', (select json_agg(json_build_object('oid', k.oid::int8, 'name', k.conname, 'rel', k.conrelid::int8, 'own', k.conrelid in (select oid from own), 'target', k.confrelid::int8,
      'columns', k.conkey, 'target_columns', k.confkey, 'comment', obj_description(k.oid, 'pg_constraint')) order by k.conrelid, k.conname)
    from pg_constraint k where k.contype = 'f' and k.conparentid = 0 and k.conrelid in (select oid from behind)),
  'functions', (select json_agg(json_build_object(
      'oid', p.oid::int8, 'schema', n.nspname, 'name', p.proname, 'comment', obj_description(p.oid, 'pg_proc'), 'volatility', p.provolatile,
      'set', p.proretset, 'returns', p.prorettype::int8, 'definer', p.prosecdef, 'types', coalesce(p.proallargtypes, p.proargtypes::oid[])::int8[],
      'modes', p.proargmodes, 'names', p.proargnames, 'defaults', p.pronargdefaults, 'rows', p.prorows, 'settings', p.proconfig, 'exposed', p.exposed,
      'acl', (select json_agg(g.grantee::int8) from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g where g.privilege_type = 'EXECUTE')
    ) order by n.nspname, p.proname, p.oid) from funcs p join pg_namespace n on n.oid = p.pronamespace),
  'role_settings', (select json_agg(json_build_object('role', s.rolname, 'settings', s.settings) order by s.rolname) from (
      select t.rolname, json_agg(c.setting order by d.setdatabase, c.setting) as settings
      from takeable t join pg_db_role_setting d on d.setrole = t.oid
        and d.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      cross join unnest(d.setconfig) c(setting) join pg_settings g on g.name = split_part(c.setting, '=', 1)
      -- The path of a request is the API's own.
      where g.name <> 'search_path' and (g.context = 'user' or exists (
        select 1 from pg_roles login where login.rolname = any($2::text[]) and has_parameter_privilege(login.oid, g.name, 'set')))
      group by t.rolname) s),
  'media_handlers', (select json_agg(json_build_object('type', lower(t.typname), 'schema', n.nspname, 'name', p.proname, 'argument', p.proargtypes[0]::int8)
      order by array_position($1::text[] || $3::text[], n.nspname::text), p.oid)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_type t on t.oid = p.prorettype
    where p.prokind = 'a' and p.pronargs = 1 and p.pronamespace in (select oid from exposed union select oid from extra)
      and t.typtype = 'd' and (t.typname = '*/*' or t.typname ~* '^[a-z0-9.-]+/[a-z0-9.+-]+$')),
  'geojson_schema', (select n.nspname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.proname = 'st_asgeojson' and p.proargtypes[0] = 'record'::regtype order by n.oid limit 1),
  'types', (select json_agg(json_build_object('oid', t.oid::int8, 'schema', n.nspname, 'name', t.typname, 'formatted', format_type(t.oid, null),
      'type', t.typtype, 'category', t.typcategory, 'rel', t.typrelid::int8,
      'element', case when t.typelem <> 0 and t.typlen = -1 and t.typcategory = 'A' then t.typelem::int8 when t.typtype = 'd' then t.typbasetype::int8 end,
      'labels', case when t.typtype = 'e' then (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) end
    ) order by t.oid)
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where (n.nspname not in ('information_schema', 'pg_toast') and n.nspname not like 'pg\\_temp\\_%' and n.nspname not like 'pg\\_toast\\_temp\\_%')
      -- System catalogs' row types, and arrays of them, are many and never used by a table.
      and not (n.nspname = 'pg_catalog' and (t.typtype = 'c' or exists (select 1 from pg_type e where e.oid = t.typelem and t.typcategory = 'A' and e.typtype = 'c'))))
)::text as model`

/**
 * The stored queries of the exposed views and of all views behind them: `view`, a `stamp` that changes with the view, and
 * the `rule`, which is null for the stamps in `$2` text[]: those are known. `$1` exposed schemas.
 */
export const VIEW_RULES = `
with recursive behind(oid) as (
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1::text[]) and c.relkind in ('v', 'm')
  union select d.refobjid from behind join pg_rewrite r on r.ev_class = behind.oid and r.rulename = '_RETURN'
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
)
select v.view, v.stamp, case when v.stamp = any($2::text[]) then null else v.rule end as rule
from (
  select r.ev_class::int8::float8 as view, r.oid || '.' || r.xmin::text || '.' || r.ctid::text as stamp, r.ev_action::text as rule
  from pg_rewrite r where r.ev_class in (select oid from behind) and r.rulename = '_RETURN'
) v order by v.view`

/**
 * Has anything changed that the model is made of? \`$1\` is the snapshot of the last look, or null. While no
 * transaction has committed since, the answer is the snapshot alone and no table is read. Every DDL, GRANT and COMMENT
 * writes rows with a younger xmin, so per catalog table (count, sum of xmin) moves with each of them; objects of the
 * system (oid < 16384) do not change.
 */
export const FINGERPRINT = `
select pg_current_snapshot()::text as snapshot,
  case when pg_current_snapshot()::text is distinct from $1::text then (
    select string_agg(c || ':' || s, ',') from (
      select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_namespace
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_class where oid >= 16384
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_attribute where attrelid >= 16384
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_constraint where oid >= 16384
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_index where indexrelid >= 16384
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_proc where oid >= 16384
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_type where oid >= 16384
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_policy
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_enum where oid >= 16384
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_attrdef where oid >= 16384
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_rewrite where oid >= 16384
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_description where objoid >= 16384 or (objoid = 2200 and classoid = 2615)
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_auth_members
      union all select count(*), coalesce(sum(xmin::text::bigint), 0) from pg_catalog.pg_db_role_setting
      union all select count(*), coalesce(sum(hashtext(rolname || rolsuper || rolinherit)::bigint), 0) from pg_catalog.pg_roles
    ) t(c, s)) end as fingerprint`
