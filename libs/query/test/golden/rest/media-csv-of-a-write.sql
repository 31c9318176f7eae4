with m as (update "public"."posts" t0 set "title" = b."title" from json_to_record($1::json) b("title" "pg_catalog"."text") where t0."id" = $2 returning t0."id", t0."title") select coalesce('id,title' || chr(10) || string_agg(left(substr(r1.*::text, 2), -1), chr(10)), chr(10)) as body, count(*) as rows from (select t2."id", t2."title" from m t2) r1;
-- $1 = {"title": "new"}
-- $2 = 1
