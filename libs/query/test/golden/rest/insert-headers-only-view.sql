with m as (insert into "public"."setting_values" as t0 ("scope", "key", "value") values ($1, $2, $3) returning t0."scope", t0."key") select null::text as body, count(*) as rows, (select json_build_array(m."scope", m."key")::text from m limit 1) as location from m;
-- $1 = s
-- $2 = a
-- $3 = v
