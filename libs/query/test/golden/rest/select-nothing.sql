select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select  from "public"."labels" t0 limit 1000) r1;
