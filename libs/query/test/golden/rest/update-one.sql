with m as (update "public"."posts" t0 set "score" = b."score", "data" = b."data" from json_to_record($1::json) b("score" "pg_catalog"."int4", "data" "pg_catalog"."jsonb") where t0."id" = $2 returning t0."id", t0."score", t0."data", t0."author_id") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."id", t2."score", t2."data", (select row_to_json(r3.*) from (select t4."name" from "public"."authors" t4 where t4."id" = t2."author_id") r3) as "author" from m t2) r1;
-- $1 = {"score": 11, "data": {"a": [1]}}
-- $2 = 1
