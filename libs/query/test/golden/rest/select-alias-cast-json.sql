select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id" as "number", cast(t0."score" as "pg_catalog"."text") as "score", (t0."data"->'k'->>'t') as "t", (t0."data"->'l'->0) as "first" from "public"."posts" t0 where t0."id" = $1 limit 1000) r1;
-- $1 = 1
