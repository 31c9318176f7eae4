select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."name", (select coalesce(json_agg(r2.*), '[]') from (select t3."at", (select row_to_json(r4.*) from (select t5."id", t5."kind" from "public"."parcels" t5 where t5."id" = t3."parcel_id" and t5."kind" = $1) r4) as "parcels" from "public"."scans" t3 where t3."staff_id" = t0."id" order by t3."at" limit 1 offset $2) r2) as "scans" from "public"."staff" t0 where t0."id" = $3 limit 1000) r1;
-- $1 = box
-- $2 = 1
-- $3 = 2
