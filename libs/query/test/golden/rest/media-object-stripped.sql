select string_agg((json_strip_nulls(row_to_json(r1.*)))::text, ',') as body, count(*) as rows from (select t0."id", t0."feeling", t0."editor_id" from "public"."posts" t0 where t0."id" = $1 limit 1000) r1;
-- $1 = 1
