// Everything that decides what a role sees of one table's changes. Runs with an empty search_path, so that pg_get_expr
// writes every name of a policy in full and the text means the same wherever it is run.

/** $1 schema, $2 table, $3 role. One row, one JSON document; no row for an unknown table or role. */
export const readTableFactsSql = `
  SELECT json_build_object(
    'oid', c.oid::int8,
    'kind', c.relkind,
    'replicaIdentity', c.relreplident,
    'schemaUsable', has_schema_privilege(r.oid, n.oid, 'USAGE'),
    'rowSecurityEnabled', c.relrowsecurity,
    'rowSecurityApplies', c.relrowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls
      AND (c.relforcerowsecurity OR NOT pg_has_role(r.oid, c.relowner, 'USAGE')),
    'ours', pg_has_role(c.relowner, 'USAGE'),
    'published', EXISTS (
      SELECT FROM pg_publication p LEFT JOIN pg_publication_rel pr ON pr.prpubid = p.oid AND pr.prrelid = c.oid
      WHERE p.pubname = 'plinth' AND (p.puballtables OR pr.oid IS NOT NULL)),
    -- The column pubgencols is new in Postgres 18; before, FULL and generated columns go together.
    'fullAllowed', NOT EXISTS (
      SELECT FROM pg_attribute g WHERE g.attrelid = c.oid AND NOT g.attisdropped AND current_setting('server_version_num')::int >= 180000
        AND (g.attgenerated = 'v' OR g.attgenerated = 's' AND EXISTS (
          SELECT FROM pg_publication p WHERE p.pubname = 'plinth' AND to_jsonb(p) ->> 'pubgencols' = 'n'))),
    'columns', coalesce((
      SELECT json_agg(json_build_object(
          'name', a.attname, 'typeOid', a.atttypid::int8, 'type', format_type(a.atttypid, NULL),
          'typeKind', t.typtype, 'baseType', CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, NULL) ELSE format_type(a.atttypid, NULL) END,
          'readable', has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT'),
          'key', coalesce(a.attnum = ANY (k.indkey), false),
          'exact', coalesce((SELECT l.collisdeterministic FROM pg_collation l WHERE l.oid = a.attcollation), true),
          'generated', CASE a.attgenerated WHEN '' THEN NULL ELSE a.attgenerated END,
          'expression', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END
        ) ORDER BY a.attnum)
      FROM pg_attribute a
      JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      LEFT JOIN pg_index k ON k.indrelid = c.oid AND k.indisprimary
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
    'policies', coalesce((
      SELECT json_agg(json_build_object('permissive', p.polpermissive, 'expression', pg_get_expr(p.polqual, p.polrelid)) ORDER BY p.polname)
      FROM pg_policy p
      WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND p.polqual IS NOT NULL
        AND EXISTS (SELECT FROM unnest(p.polroles) AS member(oid) WHERE CASE WHEN member.oid = 0 THEN true ELSE pg_has_role(r.oid, member.oid, 'USAGE') END)
      ), '[]')
  )::text AS facts
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_roles r
  WHERE n.nspname = $1 AND c.relname = $2 AND r.rolname = $3`
