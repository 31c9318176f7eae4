insert into "public"."account" as t0 ("account_no", "mail") values ($1, $2) returning (select row_to_json(r1.*) from (select t0."account_no" as "id") r1)::text as body;
