select null::text as body, count(*) as rows from "public"."fail"("code" => $1::"pg_catalog"."text") t0;
-- $1 = P0001
