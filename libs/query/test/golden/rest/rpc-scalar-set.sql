select coalesce(json_agg(t0), '[]')::text as body, count(*) as rows from "public"."numbers"("n" => $1::"pg_catalog"."int4") t0;
-- $1 = 3
