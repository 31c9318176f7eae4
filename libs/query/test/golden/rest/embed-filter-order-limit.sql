select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id", (select coalesce(json_agg(r2.*), '[]') from (select t3."body" from "public"."comments" t3 where t3."post_id" = t0."id" and t3."body" like $1 order by t3."id" desc limit 1) r2) as "comments" from "public"."posts" t0 order by t0."id" limit 1000) r1;
-- $1 = n%
