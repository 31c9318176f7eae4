// The SQL of the catalog. All statements read pg_catalog only and name nothing that a search_path could change; under
// an empty one every expression and type that Postgres prints is qualified.

/** Which relations count. `$1` is the exposed schemas in every statement that starts with this. */
const SCOPE = `
with recursive exposed as (select oid from pg_namespace where nspname = any($1::text[])),
own as (
  select c.oid from pg_class c
  where c.relnamespace in (select oid from exposed) and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
),
rels as (
  select oid from own
  -- Not through 'own': without statistics of pg_constraint that would be a comparison of each with each.
  union select k.confrelid from pg_constraint k join pg_class c on c.oid = k.conrelid
    where k.contype = 'f' and c.relnamespace in (select oid from exposed) and c.relkind in ('r', 'p', 'f') and not c.relispartition
),
-- Tables and views behind the exposed views, of any schema.
behind(oid) as (
  select oid from own
  union select d.refobjid from behind join pg_rewrite r on r.ev_class = behind.oid and r.rulename = '_RETURN'
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
),
scope as (select oid from rels union select oid from behind)`

// Printing an expression takes long: only one that calls current_setting() can read a setting, set_config() write one.
const reads = (tree: string, relation: string) =>
  `(${tree}::text ~ ':funcid (2077|3294) ' and pg_get_expr(${tree}, ${relation}) ~ 'request\\.(?!jwt)')`
const viewReads = `r.ev_action::text ~ ':funcid (2077|3294) ' and pg_get_viewdef(r.ev_class) ~ 'request\\.(?!jwt)'`
const viewWrites = `r.ev_action::text ~ ':funcid 2078 ' and pg_get_viewdef(r.ev_class) ~ 'response\\.(headers|status)'`
const readsSettings = (source: string) => `${source} ~ '(current_setting *\\(|auth\\.(uid|role|jwt|email) *\\()'`

/**
 * Everything but relations: one row, one column, JSON text ({@link RawGlobals}). `$2` logins whose roles count, `$3` the
 * extra search path, both text[].
 *
 * Privileges come as raw grants by grantee; which grantees count for a role is decided once per role (`roles.holds`),
 * not once per role and table, so 50 roles over 2,000 tables cost no more than one.
 */
export const GLOBALS = `${SCOPE},
extra as (select oid from pg_namespace where nspname = any($3::text[])),
funcs as (
  select p.*, p.pronamespace in (select oid from exposed) as exposed from pg_proc p
  where p.prokind = 'f' and (p.pronamespace in (select oid from exposed)
      or (p.pronamespace in (select oid from extra) and p.pronargs = 1 and p.proargtypes[0] in (select reltype from pg_class where oid in (select oid from rels))))
    and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype, 'language_handler'::regtype)
    and not ('internal'::regtype = any (p.proargtypes))
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
    or exists (select 1 from pg_policy p where p.polrelid not in (select oid from scope) and (${reads('polqual', 'p.polrelid')} or ${reads('polwithcheck', 'p.polrelid')}))
    or exists (select 1 from pg_attrdef d where d.adrelid not in (select oid from scope) and ${reads('adbin', 'd.adrelid')})
    or exists (select 1 from pg_rewrite r where r.ev_class >= 16384 and r.ev_class not in (select oid from scope) and ${viewReads}),
  'response_settings', exists (select 1 from pg_proc p where p.oid >= 16384 and (p.prosrc ~ 'response\\.(headers|status)'
      or (p.prosqlbody is not null and pg_get_function_sqlbody(p.oid) ~ 'response\\.(headers|status)')))
    or exists (select 1 from pg_rewrite r where r.ev_class >= 16384 and r.ev_class not in (select oid from scope) and ${viewWrites}),
  'frozen_setting_readers', (select json_agg(p.oid::regprocedure::text order by p.oid) from pg_proc p where p.oid >= 16384 and p.provolatile = 'i'
      and (${readsSettings('p.prosrc')} or (p.prosqlbody is not null and ${readsSettings('pg_get_function_sqlbody(p.oid)')}))),
  'schemas', (select json_object_agg(n.nspname, (
      select json_agg(distinct g.grantee::int8) from aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g where g.privilege_type = 'USAGE'))
    from pg_namespace n where n.oid in (select oid from exposed) or n.oid in (select relnamespace from pg_class where oid in (select oid from rels))),
  'schema_comments', (select json_object_agg(e.nspname, e.comment) from (
      select n.nspname, obj_description(n.oid, 'pg_namespace') as comment from pg_namespace n where n.oid in (select oid from exposed)) e where e.comment is not null),
  'roles', (select json_agg(json_build_object('name', t.rolname, 'super', t.rolsuper, 'holds',
      (select json_agg(g.oid::int8) from pg_roles g where pg_has_role(t.oid, g.oid, 'USAGE'))) order by t.rolname) from takeable t),
  'functions', (select json_agg(json_build_object(
      'oid', p.oid::int8, 'schema', n.nspname, 'name', p.proname, 'comment', obj_description(p.oid, 'pg_proc'), 'volatility', p.provolatile,
      'set', p.proretset, 'returns', p.prorettype::int8, 'definer', p.prosecdef, 'types', coalesce(p.proallargtypes, p.proargtypes::oid[])::int8[],
      'modes', p.proargmodes, 'names', p.proargnames, 'defaults', p.pronargdefaults, 'rows', p.prorows, 'settings', p.proconfig, 'exposed', p.exposed,
      'extension', p.oid in (select objid from pg_depend where classid = 'pg_proc'::regclass and deptype = 'e'),
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
      'type', t.typtype, 'category', t.typcategory,
      'element', case when t.typelem <> 0 and t.typlen = -1 and t.typcategory = 'A' then t.typelem::int8 when t.typtype = 'd' then t.typbasetype::int8 end,
      'stamp', case when t.typtype = 'd' then t.xmin::text end,
      'labels', case when t.typtype = 'e' then (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) end,
      'attributes', case when t.typtype = 'c' then (select json_agg(json_build_array(a.attname, a.atttypid::int8) order by a.attnum)
        from pg_class c join pg_attribute a on a.attrelid = c.oid where c.oid = t.typrelid and c.relkind = 'c' and a.attnum > 0 and not a.attisdropped) end
    ) order by t.oid)
    from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
    where (n.nspname not in ('information_schema', 'pg_toast') and n.nspname not like 'pg\\_temp\\_%' and n.nspname not like 'pg\\_toast\\_temp\\_%')
      -- System catalogs' row types, and arrays of them, are many and never used by a table.
      and not (n.nspname = 'pg_catalog' and (t.typtype = 'c' or e.typtype is not distinct from 'c'))
      -- Relations bring their own.
      and coalesce(e.typrelid, t.typrelid) not in (select oid from rels))
)::text as globals`

/**
 * A stamp of every relation that counts: one row, JSON text `[[oid, stamp, traits], …]`, and one stamp of
 * all composite types. `$2` is any transaction that xmin is counted from, always the same one: as a number of its own it would have to go
 * through text. Every DDL, GRANT and COMMENT on a
 * relation, and on what its description is printed from (sequences, functions and types of defaults), writes a
 * row with a younger xmin or removes one, so (count, sum of xmin) moves. `traits` (pg_relation_is_updatable, and which
 * relations count for what: see TRAITS) depend on other relations, too.
 */
export const STAMPS = `${SCOPE},
parts(rel, x) as (
  select c.oid, c.xmin from pg_class c where c.oid in (select oid from scope)
  union all select a.attrelid, a.xmin from pg_attribute a where a.attrelid in (select oid from scope) and a.attnum > 0
  union all select k.conrelid, k.xmin from pg_constraint k where k.conrelid in (select oid from scope)
  union all select i.indrelid, i.xmin from pg_index i where i.indrelid in (select oid from scope)
  union all select i.indrelid, c.xmin from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid in (select oid from scope)
  union all select p.polrelid, p.xmin from pg_policy p where p.polrelid in (select oid from scope)
  union all select d.adrelid, d.xmin from pg_attrdef d where d.adrelid in (select oid from scope)
  union all select d.adrelid, coalesce(c.xmin, p.xmin, t.xmin) from pg_attrdef d join pg_depend x on x.classid = 'pg_attrdef'::regclass and x.objid = d.oid and x.refobjid <> d.adrelid
      left join pg_class c on x.refclassid = 'pg_class'::regclass and c.oid = x.refobjid and c.relkind = 'S'
      left join pg_proc p on x.refclassid = 'pg_proc'::regclass and p.oid = x.refobjid
      left join pg_type t on x.refclassid = 'pg_type'::regclass and t.oid = x.refobjid
    where d.adrelid in (select oid from scope) and coalesce(c.oid, p.oid, t.oid) is not null
  union all select x.refobjid, c.xmin from pg_class c join pg_depend x on x.classid = 'pg_class'::regclass and x.objid = c.oid and x.deptype = 'i'
    where c.relkind = 'S' and x.refclassid = 'pg_class'::regclass and x.refobjid in (select oid from scope)
  union all select d.objoid, d.xmin from pg_description d where d.classoid = 'pg_class'::regclass and d.objoid in (select oid from scope)
  union all select k.conrelid, d.xmin from pg_description d join pg_constraint k on k.oid = d.objoid
    where d.classoid = 'pg_constraint'::regclass and k.conrelid in (select oid from scope)
)
select json_agg(json_build_array(s.oid, s.stamp, s.traits))::text as stamps,
  (select count(*) || '.' || coalesce(sum(age($2::text::xid)::bigint - age(a.xmin)), 0) from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relkind = 'c') as composites
from (
  select c.oid::int8, concat_ws('.', n.nspname, p.count, p.sum) as stamp,
    case c.relkind when 'r' then 28 when 'p' then 28 when 'm' then 0 else pg_relation_is_updatable(c.oid, true) end
      -- No trigger and no rule of its own takes what is inserted.
      | case when c.relkind = 'v' and not c.relhastriggers and not exists (select from pg_rewrite w where w.ev_class = c.oid and w.ev_type <> '1') then 32 else 0 end
      | case when c.oid in (select oid from rels) then 64 else 0 end | case when c.oid in (select oid from own) then 128 else 0 end as traits
  from (select rel, count(*), sum(age($2::text::xid)::bigint - age(x)) from parts group by rel) p join pg_class c on c.oid = p.rel join pg_namespace n on n.oid = c.relnamespace
  order by n.nspname, c.relname
) s`

/**
 * Relations: one row each, `relation` as JSON text ({@link RawRelation}). `$2` which, int8[]; null for all that count. Most
 * lists of grants occur many times, so relations and columns have numbers of them, and one more row has the lists: `acls`,
 * JSON text `[[number, grants], …]`.
 */
export const RELATIONS = `${SCOPE},
-- What counts is not looked for when it is known.
wanted as (select oid from scope where $2::int8[] is null union all select id::oid from unnest($2::int8[]) as changed(id)),
acls as materialized (
  select acl, row_number() over () as id from (
    select coalesce(relacl, acldefault('r', relowner)) as acl from pg_class where oid in (select oid from wanted)
    union select attacl from pg_attribute where attrelid in (select oid from wanted) and attnum > 0 and not attisdropped and attacl is not null
  ) found
),
column_rows as (
  select a.attrelid, json_agg(json_build_object(
      'pos', a.attnum, 'name', a.attname, 'type', a.atttypid::int8,
      'notnull', a.attnotnull or t.typnotnull, 'identity', a.attidentity, 'generated', a.attgenerated,
      'default', case when a.attgenerated = '' then coalesce(pg_get_expr(d.adbin, d.adrelid), pg_get_expr(t.typdefaultbin, 0)) end, 'hasdefault', a.atthasdef or a.attidentity <> '' or t.typdefault is not null,
      -- pg_get_serial_sequence() would ask for rights on the schema, which a table behind a view need not give.
      'sequence', case when a.attidentity <> '' then (
        select format('%I.%I', sn.nspname, s.relname) from pg_depend x join pg_class s on s.oid = x.objid join pg_namespace sn on sn.oid = s.relnamespace
        where x.classid = 'pg_class'::regclass and x.refclassid = 'pg_class'::regclass and x.refobjid = a.attrelid and x.refobjsubid = a.attnum and x.deptype = 'i' and s.relkind = 'S') end,
      'maxlength', case when t.typtype = 'd' then
          case when t.typtypmod < 0 then null when t.typbasetype in (1042, 1043) then t.typtypmod - 4 when t.typbasetype in (1560, 1562) then t.typtypmod end
        when a.atttypmod < 0 then null when t.oid in (1042, 1043) then a.atttypmod - 4 when t.oid in (1560, 1562) then a.atttypmod end,
      'comment', m.description,
      'acl', acls.id
    ) order by a.attnum) as rows
  from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_description m on m.objoid = a.attrelid and m.classoid = 'pg_class'::regclass and m.objsubid = a.attnum
    left join acls on acls.acl = a.attacl
  where a.attrelid in (select oid from wanted) and a.attnum > 0 and not a.attisdropped group by a.attrelid
),
key_rows as (
  select i.indrelid, json_agg(json_build_object('name', c.relname, 'primary', i.indisprimary, 'arbiter', i.indimmediate and not i.indisexclusion,
      'columns', (select json_agg(k.attnum order by k.n) from unnest(i.indkey::int2[]) with ordinality k(attnum, n) where k.n <= i.indnkeyatts))
      order by i.indisprimary desc, c.relname) as rows
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid in (select oid from wanted) and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null group by i.indrelid
),
foreign_rows as (
  select k.conrelid, json_agg(json_build_object('oid', k.oid::int8, 'name', k.conname, 'rel', k.conrelid::int8, 'target', k.confrelid::int8,
      'columns', k.conkey, 'target_columns', k.confkey,
      -- Not every version has the column.
      'enforced', k.convalidated and coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true), 'comment', obj_description(k.oid, 'pg_constraint')) order by k.conname) as rows
  from pg_constraint k where k.contype = 'f' and k.conparentid = 0 and k.conrelid in (select oid from wanted)
    -- Of a key over periods equality says nothing.
    and (to_jsonb(k) ->> 'conperiod') is distinct from 'true' group by k.conrelid
)
select json_build_object(
    'oid', c.oid::int8, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind, 'comment', obj_description(c.oid, 'pg_class'),
    'rls', c.relrowsecurity, 'forced', c.relforcerowsecurity, 'identity', c.relreplident,
    'invoker', case when c.relkind = 'v' then coalesce(
        (select o.option_value::boolean from pg_options_to_table(c.reloptions) o where o.option_name = 'security_invoker'), false) else c.relkind <> 'm' end,
    'acl', acls.id,
    'row_type', json_build_array(t.oid::int8, format_type(t.oid, null), e.oid::int8, e.typname, format_type(e.oid, null)),
    'reads_request', exists (select 1 from pg_policy p where p.polrelid = c.oid and (${reads('polqual', 'c.oid')} or ${reads('polwithcheck', 'c.oid')}))
      or exists (select 1 from pg_attrdef d where d.adrelid = c.oid and ${reads('adbin', 'c.oid')})
      or (c.relkind = 'v' and exists (select 1 from pg_rewrite r where r.ev_class = c.oid and ${viewReads})),
    'writes_response', c.relkind = 'v' and exists (select 1 from pg_rewrite r where r.ev_class = c.oid and ${viewWrites}),
    'columns', coalesce(a.rows, '[]'), 'keys', coalesce(k.rows, '[]'), 'foreign', coalesce(f.rows, '[]')
  )::text as relation, null::text as acls
from wanted w join pg_class c on c.oid = w.oid join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = c.reltype
  left join pg_type e on e.oid = t.typarray
  left join column_rows a on a.attrelid = c.oid left join key_rows k on k.indrelid = c.oid left join foreign_rows f on f.conrelid = c.oid
  left join acls on acls.acl = coalesce(c.relacl, acldefault('r', c.relowner))
union all
select null, coalesce(json_agg(json_build_array(id, (
    select coalesce(json_agg(json_build_array(g.grantee::int8, g.privilege_type)), '[]') from aclexplode(acl) g
    where g.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')))), '[]')::text
from acls`

/**
 * The stored queries of the exposed views and of all views behind them: `view`, a `stamp` that changes with the view, and
 * the `rule`, which is null for the stamps in `$2` text[]: those are known.
 */
export const VIEW_RULES = `${SCOPE}
select v.view, v.stamp, case when v.stamp = any($2::text[]) then null else v.rule end as rule
from (
  select r.ev_class::int8::float8 as view, r.oid || '.' || r.xmin::text || '.' || r.ctid::text as stamp, r.ev_action::text as rule
  from pg_rewrite r where r.ev_class in (select oid from behind) and r.rulename = '_RETURN'
) v order by v.view`
