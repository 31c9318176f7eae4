select string_agg((row_to_json(r1.*))::text, ',') as body, count(*) as rows from (select t0."id" from "public"."posts" t0 limit 1000) r1;
