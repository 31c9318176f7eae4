select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows from (select t0."id", t0."author_id", t0."editor_id", t0."title", t0."body", t0."category", t0."score", t0."tags", t0."data", t0."feeling", t0."span", t0."words", t0."published" from "public"."posts" t0 where t0."id" = $1 limit 0) r1;
-- $1 = 1
