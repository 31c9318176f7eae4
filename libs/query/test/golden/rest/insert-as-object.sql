with m as (insert into "public"."labels" as t0 ("name") values ($1) returning t0."name") select string_agg((row_to_json(r1.*))::text, ',') as body, case when count(*) = 1 then count(*) else ('plinth.rows=' || count(*))::int8 end as rows from (select t2."name" from m t2) r1;
-- $1 = green
