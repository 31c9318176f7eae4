select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."city" from "public"."places" t0 where "public"."place_name"(t0.*) = $1 limit 1000) r1;
-- $1 = OSLO
