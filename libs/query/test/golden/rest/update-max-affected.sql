with m as (update "public"."settings" t0 set "value" = b."value" from json_to_record($1::json) b("value" "pg_catalog"."text") where t0."scope" = $2 returning 1) select null::text as body, case when count(*) <= 1 then count(*) else ('plinth.rows=' || count(*))::int8 end as rows from m;
-- $1 = {"value": "1"}
-- $2 = app
