select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id", t0."title" from "public"."posts" t0 order by t0."id" limit 1000) r1;
