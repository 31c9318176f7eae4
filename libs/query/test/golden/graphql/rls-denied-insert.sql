insert into "public"."album" as t0 ("title", "artist_id", "owner") values ($1, $2, $3) returning (select row_to_json(r1.*) from (select t0."id") r1)::text as body;
