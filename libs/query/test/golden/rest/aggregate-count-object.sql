select row_to_json(r1.*)::text as body, 1 as rows, (select count(*) from "public"."parcels" t2 where t2."kind" = $1) as total from (select count(*) as "count", sum(t0."weight") as "sum" from "public"."parcels" t0 where t0."kind" = $1) r1;
-- $1 = box
