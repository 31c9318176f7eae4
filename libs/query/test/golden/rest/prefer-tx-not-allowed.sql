with m as (update "public"."posts" t0 set "score" = b."score" from json_to_record($1::json) b("score" "pg_catalog"."int4") where t0."id" = $2 returning t0."id") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."id" from m t2) r1;
-- $1 = {"score": 1}
-- $2 = 1
