with m as (insert into "public"."posts" as t0 ("author_id", "title", "tags", "data", "feeling", "span") values ($1, $2, (select b."tags" from json_to_record($3::json) b("tags" "pg_catalog"."_text")), $4, $5, $6) returning t0."tags", t0."data", t0."feeling", t0."span") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t2."tags", t2."data", t2."feeling", t2."span" from m t2) r1;
-- $1 = 1
-- $2 = t
-- $3 = {"tags":["x", "y,z"]}
-- $4 = {"deep": [1, null]}
-- $5 = wild
-- $6 = [2,4)
