select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select count(*) as "count", sum(t0."weight") as "sum" from "public"."parcels" t0 limit 1000 offset $1) r1;
-- $1 = 1
