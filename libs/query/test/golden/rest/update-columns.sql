with m as (update "public"."settings" t0 set "value" = b."value" from json_to_record($1::json) b("value" "pg_catalog"."text") where t0."key" = $2 returning t0."value", t0."note") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."value", t2."note" from m t2) r1;
-- $1 = {"value": "2", "note": "ignored", "nope": 1}
-- $2 = size
