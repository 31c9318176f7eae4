with m as (insert into "public"."comments" as t0 ("post_id", "author_id", "body") values ($1, $2, $3) returning 1) select null::text as body, count(*) as rows from m;
-- $1 = 1
-- $2 = 1
-- $3 = x
