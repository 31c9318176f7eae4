select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select count(*) as "count" from "public"."parcels" t0 limit 0) r1;
