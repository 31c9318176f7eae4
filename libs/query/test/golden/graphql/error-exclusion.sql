with m as (insert into "public"."booking" as t0 ("room", "during") values ($1, $2) returning 1) select json_build_object('affected_rows', count(*))::text as body from m;
