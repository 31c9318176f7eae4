with m as (delete from "public"."settings" t0 where t0."scope" = $1 returning 1) select null::text as body, count(*) as rows from m;
-- $1 = app
