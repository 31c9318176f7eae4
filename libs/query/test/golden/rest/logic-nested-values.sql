select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id" from "public"."posts" t0 where (t0."title" = any($1) or t0."tags" @> $2 or not ((t0."id" > $3 and t0."id" < $4))) order by t0."id" limit 1000) r1;
-- $1 = {"Third, \"quoted\""}
-- $2 = {a,b}
-- $3 = 1
-- $4 = 9
