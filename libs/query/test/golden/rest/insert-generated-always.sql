with m as (insert into "public"."posts" as t0 ("id", "author_id", "title") values ($1, $2, $3) returning 1) select null::text as body, count(*) as rows from m;
-- $1 = 9
-- $2 = 1
-- $3 = t
