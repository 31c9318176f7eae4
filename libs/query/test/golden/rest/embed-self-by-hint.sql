select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."name", (select coalesce(json_agg(r2.*), '[]') from (select t3."name" from "public"."staff" t3 where t3."boss_id" = t0."id" limit 1000) r2) as "staff" from "public"."staff" t0 where t0."id" = $1 limit 1000) r1;
-- $1 = 1
