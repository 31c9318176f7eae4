with m as (insert into "public"."secrets" as t0 ("id", "secret") select b."id", b."secret" from json_to_recordset($1::json) b("id" "pg_catalog"."int4", "secret" "pg_catalog"."text") returning 1) select null::text as body, count(*) as rows from m;
-- $1 = [{"id": 2, "secret": "bad"}]
