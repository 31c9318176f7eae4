with m as (update "public"."posts" t0 set "score" = b."score" from json_to_record($1::json) b("score" "pg_catalog"."int4") where not (exists (select 1 from "public"."comments" t1 where t1."post_id" = t0."id")) returning t0."id") select coalesce(json_agg(r2.*), '[]')::text as body, count(*) as rows from (select t3."id" from m t3 order by t3."id") r2;
-- $1 = {"score": 0}
