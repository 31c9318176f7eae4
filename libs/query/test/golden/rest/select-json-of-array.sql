select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id", (to_jsonb(t0."marks")->0) as "marks", (to_jsonb(t0."marks")->>(-1)) as "last" from "public"."parcels" t0 where (to_jsonb(t0."marks")->0) > $1 order by (to_jsonb(t0."marks")->0) limit 1000) r1;
-- $1 = 1
