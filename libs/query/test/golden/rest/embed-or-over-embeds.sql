select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id" from "public"."parcels" t0 where (not (exists (select 1 from "public"."places" t2 where t2."id" = t0."to_id")) or exists (select 1 from "public"."sender"(t0.*) t3 where (t3."city" = $1))) order by t0."id" limit 1000) r1;
-- $1 = Bern
