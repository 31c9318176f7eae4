select coalesce(min(to_json(t0)::text), 'null') as body, count(*) as rows from "public"."whole"($1::"pg_catalog"."json") t0;
-- $1 = [1, {"a": 2.50}]
