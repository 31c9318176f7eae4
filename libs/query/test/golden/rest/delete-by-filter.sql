with m as (delete from "public"."posts" t0 where t0."id" = $1 returning t0."id") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."id" from m t2) r1;
-- $1 = 2
