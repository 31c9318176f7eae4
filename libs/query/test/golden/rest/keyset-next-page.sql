select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows, (select json_agg(c.k)::text from (select c.k from (select json_build_array((t2."to_id")::text, (t2."kind")::text, (t2."id")::text) as k from "public"."parcels" t2 where (t2."kind" <> $1 and (t2."to_id" <= $2 and (t2."to_id" < $2 or (t2."to_id" = $2 and (t2."kind" >= $3 and (t2."kind" > $3 or (t2."kind" = $3 and t2."id" > $4))))))) order by t2."to_id" desc, t2."kind", t2."id" limit 3) c offset 1) c) as cursor from (select t0."id", t0."to_id" from "public"."parcels" t0 where (t0."kind" <> $1 and (t0."to_id" <= $2 and (t0."to_id" < $2 or (t0."to_id" = $2 and (t0."kind" >= $3 and (t0."kind" > $3 or (t0."kind" = $3 and t0."id" > $4))))))) order by t0."to_id" desc, t0."kind", t0."id" limit 2) r1;
-- $1 = x
-- $2 = 3
-- $3 = box
-- $4 = 2
