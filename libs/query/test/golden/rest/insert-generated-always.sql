with m as (insert into "public"."posts" as t0 ("id", "author_id", "title") select b."id", b."author_id", b."title" from json_to_recordset($1::json) b("id" "pg_catalog"."int4", "author_id" "pg_catalog"."int4", "title" "public"."short_text") returning 1) select null::text as body, count(*) as rows from m;
-- $1 = [{"id": 9, "author_id": 1, "title": "t"}]
