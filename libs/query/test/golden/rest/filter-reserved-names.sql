select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."select" from "public"."Odd ""Names""" t0 where (t0."select" = $1 and t0."a.b" = $2) limit 1000) r1;
-- $1 = 1
-- $2 = two
