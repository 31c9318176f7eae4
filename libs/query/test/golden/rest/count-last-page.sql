select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows, case when count(*) < 2 and (count(*) > 0 or $1 = 0) then $1 + count(*) else (select count(*) from "public"."posts" t2) end as total from (select t0."id" from "public"."posts" t0 order by t0."id" limit 2 offset $1) r1;
-- $1 = 2
