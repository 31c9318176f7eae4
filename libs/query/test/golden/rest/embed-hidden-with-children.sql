select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id" from "public"."parcels" t0 where exists (select 1 from "public"."scans" t2 where t2."parcel_id" = t0."id" and (exists (select 1 from "public"."staff" t3 where t3."id" = t2."staff_id" and (t3."name" = $1)))) limit 1000) r1;
-- $1 = Right
