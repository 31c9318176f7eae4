with m as (delete from "public"."jottings" t0 returning 1) select null::text as body, case when count(*) <= 2 then count(*) else ('plinth.rows=' || count(*))::int8 end as rows from m;
