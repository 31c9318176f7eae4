with f as materialized (select t0.* from "public"."posts_above"("minimum" => $1::"pg_catalog"."int4") t0) select coalesce(json_agg(r2.*), '[]')::text as body, count(*) as rows, case when count(*) < 2 then count(*) else (select count(*) from f t5) end as total from (select t1."id", (select row_to_json(r3.*) from (select t4."name" from "public"."authors" t4 where t4."id" = t1."author_id" and t4."name" = $2) r3) as "authors" from f t1 order by t1."id" desc limit 2) r2;
-- $1 = 5
-- $2 = Ann
