select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id" from "public"."posts" t0 where not ((t0."id" = $1 or t0."id" = $2)) limit 1000) r1;
-- $1 = 1
-- $2 = 2
