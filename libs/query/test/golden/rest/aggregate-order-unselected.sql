select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."kind", count(*) as "count" from "public"."parcels" t0 group by t0."kind" order by t0."weight" limit 1000) r1;
