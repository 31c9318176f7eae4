select coalesce(min(to_json(t0)::text), 'null') as body, count(*) as rows from "public"."describe"("thing" => $1::"pg_catalog"."jsonb", "tags" => $2::"pg_catalog"."_text") t0;
-- $1 = {"a":1}
-- $2 = {x,y}
