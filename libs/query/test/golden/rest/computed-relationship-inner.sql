select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."city", (select coalesce(json_agg(r2.*), '[]') from (select t3."id" from "public"."sent"(t0.*) t3 where t3."weight" > $1 limit 1000) r2) as "sent" from "public"."places" t0 where exists (select 1 from "public"."sent"(t0.*) t4 where (t4."weight" > $1)) order by t0."id" limit 1000) r1;
-- $1 = 5
