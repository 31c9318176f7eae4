with m as (insert into "public"."authors" as t0 ("name", "email") select b."name", b."email" from json_to_recordset($1::json) b("name" "pg_catalog"."text", "email" "pg_catalog"."text") returning 1) select null::text as body, count(*) as rows from m;
-- $1 = [{"name": "Ann", "email": "ann@example.com"}]
