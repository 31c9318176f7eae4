select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."i", t0."square" from "public"."table_of"("n" => $1::"pg_catalog"."int4") t0 where t0."i" > $2 limit 1000) r1;
-- $1 = 3
-- $2 = 1
