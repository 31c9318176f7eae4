with m as (insert into "public"."posts" as t0 ("author_id", "title") values ($1, $2) returning 1) select null::text as body, count(*) as rows from m;
-- $1 = 2
-- $2 = x
