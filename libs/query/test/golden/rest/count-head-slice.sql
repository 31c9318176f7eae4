select null::text as body, least(greatest(c.total - $3, 0), 2) as rows, c.total from (select count(*) as total from (select t0."id" from "public"."posts" t0 where (t0."score" > $1 and exists (select 1 from "public"."authors" t1 where t1."id" = t0."author_id" and (t1."name" like $2)))) r) c;
-- $1 = 0
-- $2 = %
-- $3 = 1
