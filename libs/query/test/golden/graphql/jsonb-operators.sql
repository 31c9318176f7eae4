with m as (update "public"."artist" t0 set "details" = t0."details" || $1::jsonb where t0."id" = $2::"pg_catalog"."int4" returning t0."details") select row_to_json(r1.*)::text as body from (select t2."details" from m t2 limit 1) r1;
select set_config('role',$1,true),set_config('request.jwt.claims',$2,true);
with m as (update "public"."artist" t0 set "details" = t0."details" #- $1::text[] where t0."id" = $2::"pg_catalog"."int4" returning t0."details") select row_to_json(r1.*)::text as body from (select t2."details" from m t2 limit 1) r1;
select set_config('role',$1,true),set_config('request.jwt.claims',$2,true);
with m as (update "public"."artist" t0 set "details" = t0."details" - $1::text where t0."id" = $2::"pg_catalog"."int4" returning t0."details") select row_to_json(r1.*)::text as body from (select t2."details" from m t2 limit 1) r1;
