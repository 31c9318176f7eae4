with m as (delete from "public"."jottings" t0 returning 1) select null::text as body, count(*) as rows from m;
