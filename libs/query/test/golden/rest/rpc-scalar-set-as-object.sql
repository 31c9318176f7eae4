select string_agg(to_json(v.v)::text, ',') as body, count(*) as rows from (select t0 as v from "public"."numbers"("n" => $1::"pg_catalog"."int4") t0 limit 1000) v;
-- $1 = 2
