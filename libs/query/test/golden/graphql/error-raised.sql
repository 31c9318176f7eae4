with m as (insert into "public"."writer" as t0 ("name") values ($1) returning 1) select json_build_object('affected_rows', count(*))::text as body from m;
