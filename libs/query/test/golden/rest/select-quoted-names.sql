select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."select", t0."x""y", t0."a.b", t0."Größe" as "alias" from "public"."Odd ""Names""" t0 limit 1000) r1;
