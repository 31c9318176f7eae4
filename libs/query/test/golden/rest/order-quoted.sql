select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."select" from "public"."Odd ""Names""" t0 order by t0."x""y" desc nulls last limit 1000) r1;
