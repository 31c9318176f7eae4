select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id" from "public"."posts" t0 where to_tsvector($1::regconfig, t0."body") @@ plainto_tsquery($1::regconfig, $2) order by t0."id" limit 1000) r1;
-- $1 = english
-- $2 = cats
