select json_build_object('album', (select coalesce(json_agg(r1.*), '[]') from (select t0."id", t0."title", t0."feel" from "public"."album" t0) r1), '__type', $1::json)::text as body;
