// The look for changes.

const watched: readonly (readonly [table: string, condition?: string])[] = [
  ['pg_namespace'],
  ['pg_class', 'oid >= 16384'],
  ['pg_attribute', 'attrelid >= 16384'],
  ['pg_constraint', 'oid >= 16384'],
  ['pg_index', 'indexrelid >= 16384'],
  ['pg_proc', 'oid >= 16384'],
  ['pg_type', 'oid >= 16384'],
  ['pg_policy'],
  ['pg_trigger'],
  ['pg_enum', 'oid >= 16384'],
  ['pg_attrdef', 'oid >= 16384'],
  ['pg_rewrite', 'oid >= 16384'],
  ['pg_description', 'objoid >= 16384 or (objoid = 2200 and classoid = 2615)'],
  ['pg_auth_members'],
  ['pg_db_role_setting'],
]

/** Age in transactions, so that no row's xmin has to be turned into text: that would take most of the time. */
const counts = watched.map(
  ([table, condition = 'true']) =>
    `select '${table}', count(*), count(*) filter (where age(xmin) <= b.age), coalesce(sum(b.age::bigint - age(xmin)) filter (where age(xmin) <= b.age), 0) from pg_catalog.${table}, b where ${condition}`,
)

/** Has any transaction committed since the last look? Reads no table and needs no planning, so it may be asked often. */
export const SNAPSHOT = 'select pg_current_snapshot()::text as snapshot'

/**
 * Has anything changed that the model is made of? `$1` is the baseline: the oldest transaction that was running when the
 * catalog was loaded. Every DDL, GRANT and COMMENT writes rows that are younger, or removes rows; so per catalog table
 * (rows, younger rows, their transactions) moves with each of them, and only with them. Objects of the system
 * (oid < 16384) do not change.
 */
export const LOOK = `
with b as materialized (select age($1::text::xid) as age)
select pg_current_snapshot()::text as snapshot, string_agg(concat_ws(':', n, c, y, s), ',') as fingerprint from (
    ${counts.join('\n    union all ')}
    union all select 'pg_roles', count(*), 0, coalesce(sum(hashtext(rolname || rolsuper || rolinherit)::bigint), 0) from pg_catalog.pg_roles
) t(n, c, y, s)`

/** Catalog tables that hold nothing but facts of single relations (and of composite types, which the stamps tell). */
const ofRelations = new Set(['pg_class', 'pg_attribute', 'pg_constraint', 'pg_index', 'pg_trigger'])

/** Do two fingerprints of the same baseline differ in facts of relations only? */
export function onlyRelationsMoved(before: string, after: string): boolean {
  const known = new Set(before.split(','))
  return after.split(',').every((part) => known.has(part) || ofRelations.has(part.slice(0, part.indexOf(':'))))
}

/** Where the next looks count from: to be asked in the transaction that loads. */
export const BASELINE = `select pg_snapshot_xmin(pg_current_snapshot())::text as baseline`
