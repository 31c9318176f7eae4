select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id" from "public"."posts" t0 order by t0."id" limit 1) r1;
