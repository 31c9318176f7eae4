with m as (with c as materialized (select t1."id" from "public"."posts" t1 order by t1."id" limit 1 for update) update "public"."posts" t0 set "score" = b."score" from json_to_record($1::json) b("score" "pg_catalog"."int4"), c where t0."id" = c."id" returning t0."id") select null::text as body, count(*) as rows from m;
-- $1 = {"score": 11}
