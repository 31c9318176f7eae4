select json_build_object('shelf', (select coalesce(json_agg(r1.*), '[]') from (select t0."id" from "public"."shelf" t0 where t0."day" = $1::"pg_catalog"."date") r1))::text as body;
