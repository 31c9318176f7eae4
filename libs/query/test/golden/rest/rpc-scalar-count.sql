select coalesce(min(to_json(t0)::text), 'null') as body, count(*) as rows from "public"."add"("a" => $1::"pg_catalog"."int4") t0;
-- $1 = 1
