with m as (delete from "public"."writer" t0 where t0."id" = $1::"pg_catalog"."int4" returning 1) select json_build_object('affected_rows', count(*))::text as body from m;
