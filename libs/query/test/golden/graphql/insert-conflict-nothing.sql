with m as (insert into "public"."writer" as t0 ("name", "email") values ($1, $2) on conflict ("email") do nothing returning t0."name") select json_build_object('affected_rows', count(*), 'returning', coalesce(json_agg(r1.*), '[]'))::text as body from (select t2."name" from m t2) r1;
select set_config('role',$1,true),set_config('request.jwt.claims',$2,true);
insert into "public"."writer" as t0 ("name", "email") values ($1, $2) on conflict ("email") do nothing returning (select row_to_json(r1.*) from (select t0."name") r1)::text as body;
