select null::text as body, least(greatest(c.total - $1, 0), 1000) as rows, c.total from (select count(*) as total from (select t0."id", t0."author_id", t0."editor_id", t0."title", t0."body", t0."category", t0."score", t0."tags", t0."data", t0."feeling", t0."span", t0."words", t0."published" from "public"."posts" t0) r) c;
-- $1 = 9
