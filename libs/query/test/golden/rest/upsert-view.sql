with m as (insert into "public"."setting_values" as t0 ("scope", "key", "value") values ($1, $2, $3) on conflict ("scope", "key") do update set "scope" = excluded."scope", "key" = excluded."key", "value" = excluded."value" where set_config('plinth.upsert_updated', (coalesce(nullif(current_setting('plinth.upsert_updated', true), ''), '0')::int + 1)::text, true) <> '' returning t0."scope", t0."key", t0."value") select coalesce(json_agg(r1.*), '[]')::text as body, count(*) as rows, nullif(current_setting('plinth.upsert_updated', true) || left(set_config('plinth.upsert_updated', '', true), 0), '') as updated from (select t2."scope", t2."key", t2."value" from m t2) r1;
-- $1 = app
-- $2 = size
-- $3 = 2
