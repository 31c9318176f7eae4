select null::text as body, count(*) as rows from "public"."rename_author"("id" => $1::"pg_catalog"."int4", "name" => $2::"pg_catalog"."text") t0;
-- $1 = 1
-- $2 = x
