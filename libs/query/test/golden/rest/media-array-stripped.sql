select coalesce(json_strip_nulls(json_agg(r1.*)), '[]')::text as body, count(*) as rows from (select t0."id", t0."feeling", t0."editor_id" from "public"."posts" t0 order by t0."id" limit 2) r1;
