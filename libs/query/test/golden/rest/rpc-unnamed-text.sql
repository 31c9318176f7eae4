select coalesce(min(to_json(t0)::text), 'null') as body, count(*) as rows from "public"."shout"($1::"pg_catalog"."text") t0;
-- $1 = hello {world}
