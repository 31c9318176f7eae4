select coalesce(json_agg(r1.*), '[]')::text as body, case when count(*) <= 1 then count(*) else ('plinth.rows=' || count(*))::int8 end as rows from (select t0."id", t0."post_id", t0."author_id", t0."body" from json_to_record($1::json) a("of_post" "pg_catalog"."int4"), lateral "public"."drop_comments"("of_post" => a."of_post") t0 limit 1000) r1;
-- $1 = {"of_post": 1}
