select null::text as body, least(c.total, 1000) as rows, c.total from (select count(*) as total from (select  from "public"."posts" t0) r) c;
