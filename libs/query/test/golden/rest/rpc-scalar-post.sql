select coalesce(min(to_json(t0)::text), 'null') as body, count(*) as rows from json_to_record($1::json) a("a" "pg_catalog"."int4", "b" "pg_catalog"."int4"), lateral "public"."add"("a" => a."a", "b" => a."b") t0;
-- $1 = {"a": 1, "b": 2}
