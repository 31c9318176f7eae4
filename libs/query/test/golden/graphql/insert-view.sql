with m as (insert into "public"."thick_book" as t0 ("title", "writer_id", "pages") values ($1, $2, $3) returning t0."title", t0."pages") select json_build_object('affected_rows', count(*), 'returning', coalesce(json_agg(r1.*), '[]'))::text as body from (select t2."title", t2."pages" from m t2) r1;
select set_config('role',$1,true),set_config('request.jwt.claims',$2,true);
with m as (update "public"."thick_book" t0 set "pages" = t0."pages" + $1::"pg_catalog"."int4" where t0."title" = $2::"pg_catalog"."text" returning t0."pages") select json_build_object('returning', coalesce(json_agg(r1.*), '[]'))::text as body from (select t2."pages" from m t2) r1;
select set_config('role',$1,true),set_config('request.jwt.claims',$2,true);
with m as (delete from "public"."thick_book" t0 where t0."pages" = $1::"pg_catalog"."int4" returning 1) select json_build_object('affected_rows', count(*))::text as body from m;
