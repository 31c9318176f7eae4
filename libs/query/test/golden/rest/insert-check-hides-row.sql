with m as (insert into "public"."secrets" as t0 ("id", "secret") values ($1, $2) returning 1) select null::text as body, count(*) as rows from m;
-- $1 = 2
-- $2 = bad
