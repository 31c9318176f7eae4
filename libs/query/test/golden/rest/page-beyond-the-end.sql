select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows, (select count(*) from "public"."posts" t2) as total from (select t0."id" from "public"."posts" t0 limit 1000 offset $1) r1;
-- $1 = 10
