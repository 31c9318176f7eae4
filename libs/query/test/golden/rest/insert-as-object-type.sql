with m as (insert into "public"."labels" as t0 ("name") values ($1) returning t0."name") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."name" from m t2) r1;
-- $1 = green
