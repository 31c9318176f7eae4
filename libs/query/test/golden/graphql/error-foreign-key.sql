with m as (insert into "public"."note" as t0 ("chapter_id", "line") values ($1, $2) returning 1) select json_build_object('affected_rows', count(*))::text as body from m;
