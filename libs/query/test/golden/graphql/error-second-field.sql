insert into "public"."ticket" as t0 ("state") values ($1) returning (select row_to_json(r1.*) from (select t0."id") r1)::text as body;
select set_config('role',$1,true),set_config('request.jwt.claims',$2,true);
insert into "public"."note" as t0 ("chapter_id", "line") values ($1, $2) returning (select row_to_json(r1.*) from (select t0."id") r1)::text as body;
