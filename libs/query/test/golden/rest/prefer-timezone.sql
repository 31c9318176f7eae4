select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."created_at" from "public"."authors" t0 where t0."id" = $1 limit 1000) r1;
-- $1 = 1
