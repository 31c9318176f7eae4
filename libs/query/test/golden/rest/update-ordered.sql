with m as (update "public"."jottings" t0 set "seen" = b."seen" from json_to_record($1::json) b("seen" "pg_catalog"."bool") returning t0."line", t0."seen") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."line", t2."seen" from m t2 order by t2."line" desc) r1;
-- $1 = {"seen": true}
