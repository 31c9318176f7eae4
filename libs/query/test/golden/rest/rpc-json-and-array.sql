select coalesce(min(to_json(t0)::text), 'null') as body, count(*) as rows from json_to_record($1::json) a("thing" "pg_catalog"."jsonb", "tags" "pg_catalog"."_text"), lateral "public"."describe"("thing" => a."thing", "tags" => a."tags") t0;
-- $1 = {"thing": {"a": 1}, "tags": ["x", "y"]}
