with m as (insert into "public"."comments" as t0 ("post_id", "author_id", "body") select b."post_id", b."author_id", b."body" from json_to_recordset($1::json) b("post_id" "pg_catalog"."int4", "author_id" "pg_catalog"."int4", "body" "pg_catalog"."text") returning 1) select null::text as body, count(*) as rows from m;
-- $1 = [{"post_id": 1, "author_id": 1, "body": "x"}]
