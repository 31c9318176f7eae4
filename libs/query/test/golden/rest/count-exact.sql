select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows, case when count(*) < 1 then count(*) else (select count(*) from "public"."posts" t2 where t2."score" > $1) end as total from (select t0."id" from "public"."posts" t0 where t0."score" > $1 order by t0."id" limit 1) r1;
-- $1 = 10
