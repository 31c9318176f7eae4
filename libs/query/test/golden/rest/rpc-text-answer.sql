select min((t0)::text) as body, count(*) as rows from "public"."join_words"(variadic "words" => $1::"pg_catalog"."_text") t0;
-- $1 = {"a","b"}
