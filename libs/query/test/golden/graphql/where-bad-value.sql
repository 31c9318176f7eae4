select coalesce(json_agg(r1.*), '[]')::text as body from (select t0."id" from "public"."shelf" t0 where t0."day" = $1::"pg_catalog"."date") r1;
