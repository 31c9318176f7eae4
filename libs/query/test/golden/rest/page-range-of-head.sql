select null::text as body, count(*) as rows from (select t0."id" from "public"."posts" t0 order by t0."id" limit 1000) r1;
