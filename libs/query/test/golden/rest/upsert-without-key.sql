with m as (insert into "public"."jottings" as t0 ("line") values ($1) returning t0."line", t0."seen") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."line", t2."seen" from m t2) r1;
-- $1 = a
