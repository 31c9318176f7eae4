select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id", (select row_to_json(r2.*) from (select t3."city" from "public"."places" t3 where t3."id" = t0."to_id") r2) as "to_id" from "public"."parcels" t0 where t0."to_id" = $1 limit 1000) r1;
-- $1 = 2
