select coalesce(min(to_json(t0)::text), 'null') as body, count(*) as rows from json_to_record($1::json) a("numbers" "pg_catalog"."_int4"), lateral "public"."scaled"("numbers" => a."numbers") t0;
-- $1 = {"numbers": [1, 2], "factor": 5, "other": 1}
