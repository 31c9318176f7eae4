select coalesce(min(to_json(t0)::text), 'null') as body, count(*) as rows from "public"."scaled"("numbers" => $1::"pg_catalog"."_int4", "thing" => $2::"pg_catalog"."jsonb") t0;
-- $1 = {1,2}
-- $2 = {"a":[1]}
