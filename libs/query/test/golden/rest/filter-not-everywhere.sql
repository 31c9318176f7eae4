select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id" from "public"."posts" t0 where (not (t0."score" = any($1)) and not (t0."tags" @> $2) and not (t0."feeling" is null) and not (t0."title" = any($3))) order by t0."id" limit 1000) r1;
-- $1 = {10,20}
-- $2 = {x}
-- $3 = {"a","b"}
