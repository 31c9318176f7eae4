with m as (insert into "public"."comments" as t0 ("id") select b."id" from json_to_recordset($1::json) b("id" "pg_catalog"."int4") returning t0."id", t0."post_id", t0."author_id", t0."body") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."id", t2."post_id", t2."author_id", t2."body" from m t2) r1;
-- $1 = []
