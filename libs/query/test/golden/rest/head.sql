select null::text as body, least(c.total, 1000) as rows, c.total from (select count(*) as total from (select t0."id" from "public"."posts" t0) r) c;
