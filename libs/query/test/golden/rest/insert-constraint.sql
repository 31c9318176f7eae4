with m as (insert into "public"."authors" as t0 ("name", "email") values ($1, $2) returning 1) select null::text as body, count(*) as rows from m;
-- $1 = Ann
-- $2 = ann@example.com
