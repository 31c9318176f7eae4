with m as (insert into "public"."comments" as t0 ("post_id", "author_id", "body") values ($1, $2, $3) returning t0."body") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."body" from m t2) r1;
-- $1 = 1
-- $2 = 1
-- $3 = x
