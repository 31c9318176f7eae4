with m as (update "public"."settings" t0 set "value" = b."value", "note" = case when $1::json -> 'note'::text is null then 'none'::text else b."note" end from json_to_record($1::json) b("value" "pg_catalog"."text", "note" "pg_catalog"."text") where t0."key" = $2 returning t0."value", t0."note") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."value", t2."note" from m t2) r1;
-- $1 = {"value": "2"}
-- $2 = size
