with m as (update "public"."posts" t0 set "score" = b."score" from json_to_record($1::json) b("score" "pg_catalog"."int4") where t0."id" >= $2 returning 1) select null::text as body, case when count(*) <= 0 then count(*) else ('plinth.rows=' || count(*))::int8 end as rows from m;
-- $1 = {"score": 1}
-- $2 = 1
