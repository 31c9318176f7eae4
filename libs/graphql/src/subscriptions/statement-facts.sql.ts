// Everything that a live statement depends on behind the relations that it names: base tables of views, tables that
// policies read, and the stored expressions themselves, out of which it is found which claims they read.

const rules = (relations: string): string => `(
    SELECT coalesce(string_agg(p.oid::text || ':' || p.xmin::text, ',' ORDER BY p.oid), '') FROM pg_catalog.pg_policy p WHERE p.polrelid = ANY (${relations}))
  || '/' || (
    SELECT coalesce(string_agg(w.oid::text || ':' || w.xmin::text, ',' ORDER BY w.oid), '') FROM pg_catalog.pg_rewrite w WHERE w.ev_class = ANY (${relations}))
  || '/' || (
    SELECT coalesce(string_agg(c.oid::text || ':' || c.relrowsecurity || c.relforcerowsecurity || c.relowner::text, ',' ORDER BY c.oid), '')
    FROM pg_catalog.pg_class c WHERE c.oid = ANY (${relations}))
  || '/' || (
    SELECT coalesce(string_agg(i.inhrelid::text, ',' ORDER BY i.inhrelid), '') FROM pg_catalog.pg_inherits i WHERE i.inhparent = ANY (${relations}))`
const functions = (oids: string): string => `(
    SELECT coalesce(string_agg(f.oid::text || ':' || f.xmin::text, ',' ORDER BY f.oid), '') FROM pg_catalog.pg_proc f WHERE f.oid = ANY (${oids}))`

/**
 * $1 OIDs of relations, $2 OIDs of functions: a text that changes whenever a policy, view or function among them does.
 * Any role may run it, so that it can follow a subscriber's own statement in the same transaction.
 */
export const fingerprintSql = `SELECT ${rules('$1::oid[]')} || '/' || ${functions('$2::oid[]')} AS fingerprint`

/** $1 OIDs of the relations that a statement names. One row, one JSON document. Runs with an empty search_path, so that names are written in full. */
export const readStatementFactsSql = `
  WITH RECURSIVE reached(oid) AS (
    SELECT unnest($1::oid[])
    UNION
    SELECT next.oid FROM reached r CROSS JOIN LATERAL (
      SELECT d.refobjid FROM pg_rewrite w
        JOIN pg_class v ON v.oid = w.ev_class AND v.relkind = 'v'
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
        WHERE w.ev_class = r.oid
      UNION
      SELECT d.refobjid FROM pg_policy p
        JOIN pg_class t ON t.oid = p.polrelid AND t.relrowsecurity
        JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass
        WHERE p.polrelid = r.oid AND p.polcmd IN ('r', '*')
      UNION
      SELECT i.inhrelid FROM pg_inherits i JOIN pg_class t ON t.oid = i.inhparent AND t.relkind = 'r' WHERE i.inhparent = r.oid
      UNION
      -- Changes of a partition are told under the name of its root.
      SELECT i.inhparent FROM pg_inherits i JOIN pg_class t ON t.oid = i.inhrelid AND t.relispartition WHERE i.inhrelid = r.oid
    ) AS next(oid)
  ), expressions AS (
    SELECT w.ev_class AS relation, w.ev_action::text AS tree, pg_get_viewdef(w.ev_class) AS source
      FROM pg_rewrite w JOIN pg_class v ON v.oid = w.ev_class AND v.relkind = 'v' WHERE w.ev_class IN (SELECT oid FROM reached)
    UNION ALL
    SELECT p.polrelid, p.polqual::text, pg_get_expr(p.polqual, p.polrelid)
      FROM pg_policy p JOIN pg_class t ON t.oid = p.polrelid AND t.relrowsecurity
      WHERE p.polrelid IN (SELECT oid FROM reached) AND p.polcmd IN ('r', '*') AND p.polqual IS NOT NULL
  ), called AS (
    SELECT DISTINCT m[1]::oid AS oid FROM expressions
      CROSS JOIN LATERAL regexp_matches(tree, ':(?:funcid|opfuncid|aggfnoid|winfnoid|tsmhandler|eqfuncid|hashfuncid) ([0-9]+)', 'g') AS m
    WHERE m[1] <> '0'
  )
  SELECT json_build_object(
    'fingerprint', ${rules('ARRAY(SELECT oid FROM reached)')} || '/' || ${functions('ARRAY(SELECT oid FROM called)')},
    'relations', coalesce((
      SELECT json_agg(json_build_object('oid', c.oid::int8, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind))
      FROM reached JOIN pg_class c ON c.oid = reached.oid JOIN pg_namespace n ON n.oid = c.relnamespace), '[]'),
    -- Relations that are read because of another: a change of them may concern rows of any other.
    'indirect', coalesce((SELECT json_agg(DISTINCT d.refobjid::int8)
      FROM pg_depend d
      WHERE d.refclassid = 'pg_class'::regclass AND (
        d.classid = 'pg_rewrite'::regclass AND EXISTS (SELECT FROM pg_rewrite w JOIN reached ON reached.oid = w.ev_class WHERE w.oid = d.objid AND w.ev_class <> d.refobjid)
        OR d.classid = 'pg_policy'::regclass AND EXISTS (
          SELECT FROM pg_policy p JOIN reached ON reached.oid = p.polrelid WHERE p.oid = d.objid AND p.polcmd IN ('r', '*')
            AND (p.polrelid <> d.refobjid OR p.polqual::text ~ (':relid ' || p.polrelid || '\\M'))))), '[]'),
    'expressions', coalesce((SELECT json_agg(json_build_object('relation', relation::int8, 'tree', tree, 'source', source)) FROM expressions), '[]'),
    'functions', coalesce((
      SELECT json_agg(json_build_object('oid', f.oid::int8, 'schema', n.nspname, 'name', f.proname, 'volatility', f.provolatile,
        'source', CASE WHEN n.nspname = 'auth' THEN f.prosrc END,
        'ofExtension', EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e')))
      FROM called JOIN pg_proc f ON f.oid = called.oid JOIN pg_namespace n ON n.oid = f.pronamespace), '[]')
  )::text AS facts`

/** A text that changes with any policy, own view or function, inheritance, membership of a role, or table of a publication. */
export const rulesSql = `
  SELECT md5(
    (SELECT coalesce(string_agg(p.oid::text || ':' || p.xmin::text, ',' ORDER BY p.oid), '') FROM pg_policy p) || '/' ||
    (SELECT coalesce(string_agg(w.oid::text || ':' || w.xmin::text, ',' ORDER BY w.oid), '') FROM pg_rewrite w WHERE w.oid >= 16384) || '/' ||
    (SELECT coalesce(string_agg(f.oid::text || ':' || f.xmin::text, ',' ORDER BY f.oid), '') FROM pg_proc f WHERE f.oid >= 16384) || '/' ||
    (SELECT coalesce(string_agg(m.roleid::text || ':' || m.member::text, ',' ORDER BY m.roleid, m.member), '') FROM pg_auth_members m) || '/' ||
    (SELECT coalesce(string_agg(r.prrelid::text, ',' ORDER BY r.oid), '') FROM pg_publication_rel r) || '/' ||
    (SELECT count(*)::text FROM pg_inherits)) AS rules`
