select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id" from "public"."no_right"() t0) r1;
