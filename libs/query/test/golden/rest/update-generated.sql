with m as (update "public"."posts" t0 set "words" = b."words" from json_to_record($1::json) b("words" "pg_catalog"."tsvector") where t0."id" = $2 returning 1) select null::text as body, count(*) as rows from m;
-- $1 = {"words": "x"}
-- $2 = 1
