select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id" from "public"."posts" t0 where (not (t0."id" = any($1)) or not ((t0."score" >= $2 and not (t0."tags" @> $3)))) order by t0."id" limit 1000) r1;
-- $1 = {"1","2","3","4"}
-- $2 = 20
-- $3 = {c}
