select coalesce(min(to_json(t0)::text), 'null') as body, count(*) as rows from "public"."count_up"() t0;
select set_config('role',$1,true),set_config('request.jwt.claims',$2,true);
select string_agg((row_to_json(r1.*))::text, ',') as body, count(*) as rows from (select t0."id" from "public"."publish"("title" => $1::"pg_catalog"."text", "writer" => $2::"pg_catalog"."int4") t0 where t0."id" is not null) r1;
