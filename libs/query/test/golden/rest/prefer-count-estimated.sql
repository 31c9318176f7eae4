select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows, case when count(*) < 1 then least(count(*), 1001) else (select count(*) from (select 1 from "public"."authors" t2 limit 1001) c) end as total from (select t0."id" from "public"."authors" t0 order by t0."id" limit 1) r1;

explain (format json) select 1 from "public"."authors" t0;
