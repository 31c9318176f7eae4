select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id", (t0."info"->'codes'->0) as "codes", (t0."info"->'codes'->>1) as "codes", (t0."info"->'codes'->0) as "first" from "public"."parcels" t0 where t0."id" = $1 limit 1000) r1;
-- $1 = 1
