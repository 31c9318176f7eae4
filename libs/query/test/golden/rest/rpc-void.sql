select null::text as body, count(*) as rows from json_to_record($1::json) a("id" "pg_catalog"."int4", "name" "pg_catalog"."text"), lateral "public"."rename_author"("id" => a."id", "name" => a."name") t0;
-- $1 = {"id": 1, "name": "Anna"}
