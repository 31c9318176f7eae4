with m as (with c as materialized (select t1."scope", t1."key" from "public"."settings" t1 where t1."scope" = $2 order by t1."key" desc limit 1 offset $3 for update) update "public"."settings" t0 set "value" = b."value" from json_to_record($1::json) b("value" "pg_catalog"."text"), c where t0."scope" = c."scope" and t0."key" = c."key" returning t0."key", t0."value") select coalesce(json_agg(r2.*), '[]')::text as body, count(*) as rows from (select t3."key", t3."value" from m t3 order by t3."key" desc) r2;
-- $1 = {"value": "changed"}
-- $2 = app
-- $3 = 1
