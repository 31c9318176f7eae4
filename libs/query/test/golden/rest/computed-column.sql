select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id", "public"."price"(t0.*) as "price", cast("public"."price"(t0.*) as "pg_catalog"."text") as "cost" from "public"."parcels" t0 where "public"."price"(t0.*) > $1 order by "public"."price"(t0.*) desc limit 1000) r1;
-- $1 = 3
