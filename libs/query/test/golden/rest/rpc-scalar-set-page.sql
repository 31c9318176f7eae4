with f as materialized (select t0 as v from "public"."numbers"("n" => $1::"pg_catalog"."int4") t0) select coalesce(json_agg(v.v), '[]')::text as body, count(*) as rows, (select count(*) from f) as total from (select f.v from f limit 3 offset $2) v;
-- $1 = 9
-- $2 = 2
