select coalesce(json_agg(v.v), '[]')::text as body, count(*) as rows from (select t0 as v from "public"."numbers"("n" => $1::"pg_catalog"."int4") t0 limit 14 offset 7) v;
-- $1 = 9
