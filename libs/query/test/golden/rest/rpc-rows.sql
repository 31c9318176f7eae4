with f as materialized (select t0.* from "public"."posts_above"("minimum" => $1::"pg_catalog"."int4") t0) select coalesce(json_agg(r2.*), '[]')::text as body, count(*) as rows, case when count(*) < 1 then count(*) else (select count(*) from f t5 where t5."id" < $2) end as total from (select t1."id", (select row_to_json(r3.*) from (select t4."name" from "public"."authors" t4 where t4."id" = t1."author_id") r3) as "authors" from f t1 where t1."id" < $2 order by t1."id" desc limit 1) r2;
-- $1 = 5
-- $2 = 4
