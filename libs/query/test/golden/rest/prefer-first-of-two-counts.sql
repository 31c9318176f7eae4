select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows, case when count(*) < 1000 then count(*) else (select count(*) from "public"."posts" t2 where t2."id" = $1) end as total from (select t0."id" from "public"."posts" t0 where t0."id" = $1 limit 1000) r1;
-- $1 = 1
