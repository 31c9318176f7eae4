select string_agg((row_to_json(r1.*))::text, ',') as body, count(*) as rows from (select t0."scope", t0."key", t0."value", t0."note" from "public"."settings" t0 where t0."key" = $1 limit 0) r1;
-- $1 = size
