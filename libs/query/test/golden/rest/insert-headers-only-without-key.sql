with m as (insert into "public"."jottings" as t0 ("line") values ($1) returning 1) select null::text as body, count(*) as rows from m;
-- $1 = d
