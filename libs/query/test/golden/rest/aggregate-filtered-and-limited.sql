select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."kind", count(*) as "count" from "public"."parcels" t0 where t0."weight" > $1 group by t0."kind" order by t0."kind" desc limit 1) r1;
-- $1 = 2
