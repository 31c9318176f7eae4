select min((t0)::text) as body, count(*) as rows from "public"."reversed"($1::"pg_catalog"."bytea") t0;
-- $1 = \x616263
