select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select cast(t0."id" as "pg_catalog"."text") as "id", cast(t0."score" as "pg_catalog"."float8") as "score" from "public"."posts" t0 where t0."id" = $1 limit 1000) r1;
-- $1 = 1
