select coalesce(min(to_json(t0)::text), 'null') as body, count(*) as rows from json_to_record($1::json) a("words" "pg_catalog"."_text"), lateral "public"."join_words"(variadic "words" => a."words") t0;
-- $1 = {"words": ["a", "b c"]}
