select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."city", (select coalesce(json_agg(r2.*), '[]') from (select t3."id" from "public"."sent"(t0.*) t3 where not ((t3."kind" = $1 or t3."weight" > $2)) limit 1000) r2) as "sent" from "public"."places" t0 order by t0."id" limit 1000) r1;
-- $1 = bag
-- $2 = 5
