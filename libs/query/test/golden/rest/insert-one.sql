with m as (insert into "public"."comments" as t0 ("post_id", "author_id", "body") values ($1, $2, $3) returning t0."id", t0."body", t0."post_id") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."id", t2."body", (select row_to_json(r3.*) from (select t4."title" from "public"."posts" t4 where t4."id" = t2."post_id") r3) as "posts" from m t2) r1;
-- $1 = 1
-- $2 = 1
-- $3 = its
