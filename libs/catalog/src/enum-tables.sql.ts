// Which tables are enum tables.

/**
 * $1 exposed schemas. Tables with a directive in their `remark`, a primary key of one text column, and no row security: who may see
 * the schema sees all values. `comment`: the only other column when it is text.
 */
export const ENUM_TABLES = `
select n.nspname as schema, c.relname as name, k.attname as key, d.description as remark,
  (select case when count(*) = 1 then min(a.attname::text) filter (where a.atttypid in ('text'::regtype, 'varchar'::regtype)) end
   from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attnum <> k.attnum) as comment
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
join pg_index i on i.indrelid = c.oid and i.indisprimary and i.indnkeyatts = 1
join pg_attribute k on k.attrelid = c.oid and k.attnum = i.indkey[0]
where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relrowsecurity
  and d.description like '%@graphql(%' and k.atttypid in ('text'::regtype, 'varchar'::regtype)
order by 1, 2`
