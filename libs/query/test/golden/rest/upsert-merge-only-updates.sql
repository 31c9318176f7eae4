with m as (insert into "public"."settings" as t0 ("scope", "key", "value") values ($1, $2, $3) on conflict ("scope", "key") do update set "scope" = excluded."scope", "key" = excluded."key", "value" = excluded."value" where set_config('plinth.upsert_updated', (coalesce(nullif(current_setting('plinth.upsert_updated', true), ''), '0')::int + 1)::text, true) <> '' returning 1) select null::text as body, count(*) as rows, nullif(current_setting('plinth.upsert_updated', true) || left(set_config('plinth.upsert_updated', '', true), 0), '') as updated from m;
-- $1 = app
-- $2 = size
-- $3 = 2
