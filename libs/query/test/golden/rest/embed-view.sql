select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."title" from "public"."post_titles" t0 order by t0."id" limit 1000) r1;
