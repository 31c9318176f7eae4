select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select count(*) as "count" from "public"."parcels" t0 where t0."kind" = $1 limit 1000) r1;
-- $1 = box
