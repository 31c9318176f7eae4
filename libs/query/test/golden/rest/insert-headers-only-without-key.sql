with m as (insert into "public"."jottings" as t0 ("line") select b."line" from json_to_recordset($1::json) b("line" "pg_catalog"."text") returning 1) select null::text as body, count(*) as rows from m;
-- $1 = [{"line": "d"}]
