-- The database of the REST suites: a chat with users, channels and messages, a kitchen of types, tables to write to, and
-- functions of every kind. Reading suites rely on the rows as they are here; writing suites own the tables at the end.

create schema personal;

-- ---------------------------------------------------------------- the chat
create type user_status as enum ('ONLINE', 'OFFLINE');
create type postal_address as (street text, town text);

create table users (
  username text primary key,
  status user_status not null default 'ONLINE',
  age_range int4range,
  catchphrase tsvector,
  motto text,
  data jsonb,
  tags text[] not null default '{}',
  address postal_address,
  score numeric(6,2)
);
create table channels (
  id bigint primary key,
  slug text not null unique,
  data jsonb
);
create table channel_details (
  id bigint primary key references channels (id),
  details text
);
create table messages (
  id bigint primary key,
  username text not null references users (username),
  channel_id bigint not null references channels (id),
  message text,
  data jsonb,
  stars int not null default 0,
  sent timestamptz not null default '2026-01-01T00:00:00Z'
);
create table channel_members (
  channel_id bigint not null references channels (id),
  username text not null references users (username),
  is_owner boolean,
  primary key (channel_id, username)
);
create table best_friends (
  id int primary key,
  first_user text not null constraint best_friends_first_fkey references users (username),
  second_user text not null constraint best_friends_second_fkey references users (username),
  third_wheel text constraint best_friends_third_fkey references users (username)
);
create table categories (
  id int primary key,
  parent_id int references categories (id),
  name text not null
);
create table bookings (
  id int primary key,
  room text not null,
  during tsrange not null
);

insert into users values
  ('ann',  'ONLINE',  '[25,35)', to_tsvector('simple', 'fat cat'),  'Fat cats rule',   '{"level": 3, "langs": ["en", "fr"], "home": {"city": "Oslo"}}', '{admin,writer}', row('Main St 1', 'Oslo'),  10.50),
  ('bob',  'ONLINE',  '[20,30)', to_tsvector('simple', 'fat rat'),  'A rat is a rat',  '{"level": 1, "langs": ["en"], "home": {"city": "Bergen"}}',     '{writer}',       row('Side St 2', null),     7.25),
  ('cat',  'OFFLINE', '[25,35)', to_tsvector('simple', 'cat nap'),  'The cat sleeps',  null,                                                           '{}',             null,                       null),
  ('dan',  'OFFLINE', '[40,50)', to_tsvector('simple', 'json test'), null,             '{"level": null, "langs": []}',                                 '{admin}',        row('Hill 3', 'Tromsø'),    0.00);
insert into channels values
  (1, 'public', '{"topic": "all"}'),
  (2, 'random', null),
  (3, 'empty',  '{"topic": null}');
insert into channel_details values (1, 'Everybody is here'), (2, 'Anything goes');
insert into messages (id, username, channel_id, message, data, stars, sent) values
  (1, 'ann', 1, 'Hello World',    '{"urgent": true}',  5, '2026-01-01T10:00:00Z'),
  (2, 'bob', 1, 'Perfection',     null,                3, '2026-01-02T10:00:00Z'),
  (3, 'ann', 2, 'Some, (odd) "x"', '{"urgent": false}', 1, '2026-01-03T10:00:00Z'),
  (4, 'cat', 2, null,             null,                0, '2026-01-04T10:00:00Z');
insert into channel_members values (1, 'ann', true), (1, 'bob', false), (2, 'ann', null), (2, 'cat', true);
insert into best_friends values (1, 'ann', 'bob', 'cat'), (2, 'ann', 'dan', null);
insert into categories values (1, null, 'all'), (2, 1, 'books'), (3, 2, 'novels'), (4, 1, 'music');
insert into bookings values (1, 'red', '[2026-01-01 00:00,2026-01-02 00:00)'), (2, 'blue', '[2026-01-02 00:00,2026-01-04 00:00)');

create view online_users with (security_invoker) as select username, status, tags from users where status = 'ONLINE';
create view message_list with (security_invoker) as select id as message_id, username as author, channel_id, message from messages;
create view statuses with (security_invoker) as select distinct status from users;

create table personal.users (
  username text primary key,
  status user_status default 'ONLINE',
  age_range int4range
);
insert into personal.users values ('eve', 'OFFLINE', '[1,2)');

create function personal.show_path() returns text language sql stable as $$ select current_setting('search_path') $$;

-- computed columns and computed relationships
create function shout(users) returns text language sql stable as $$ select upper($1.username) $$;
create function loud_messages(users) returns setof messages language sql stable rows 100 as $$
  select * from messages where username = $1.username and stars >= 3 $$;
create function owner(channels) returns setof users language sql stable rows 1 as $$
  select u.* from users u join channel_members m on m.username = u.username where m.channel_id = $1.id and m.is_owner $$;

-- ---------------------------------------------------------------- functions
create function add_them(a int, b int) returns int language sql immutable as $$ select a + b $$;
create function greet(name text default 'world', mark text default '!') returns text language sql immutable as $$ select 'Hello ' || name || mark $$;
create function get_status(name_param text) returns user_status language sql stable as $$ select status from users where username = name_param $$;
create function get_username_and_status(name_param text) returns table (username text, status user_status) language sql stable as $$
  select username, status from users where username = name_param $$;
create function get_users() returns setof users language sql stable as $$ select * from users order by username $$;
create function get_user(name_param text) returns users language sql stable as $$ select * from users where username = name_param $$;
create function get_usernames() returns setof text language sql stable as $$ select username from users order by username $$;
create function get_address() returns postal_address language sql immutable as $$ select row('Main St 1', 'Oslo')::postal_address $$;
create function get_no_user() returns users language sql stable as $$ select * from users where false $$;
create function get_integer() returns int language sql immutable as $$ select 1 $$;
create function get_null() returns int language sql immutable as $$ select null::int $$;
create function get_array_element(arr int[], index int) returns int language sql immutable as $$ select arr[index] $$;
create function get_them(inout one int, out two text) language sql immutable as $$ select one, 'two'::text $$;
create function do_nothing() returns void language sql volatile as '';
create function join_words(variadic words text[]) returns text language sql immutable as $$ select array_to_string(words, '-') $$;
create function whats(word text) returns text language sql immutable as $$ select 'one ' || word $$;
create function whats(word text, other text) returns text language sql immutable as $$ select 'two ' || word || ' ' || other $$;
create function unclear(a int) returns text language sql immutable as $$ select 'int' $$;
create function unclear(a text) returns text language sql immutable as $$ select 'text' $$;
create function echo_json(json) returns json language sql immutable as $$ select $1 $$;
create function echo_text(text) returns text language sql immutable as $$ select $1 $$;
create function echo_bytes(bytea) returns bytea language sql immutable as $$ select $1 $$;
create function echo_json_text(value json) returns text language sql immutable as $$ select value->>'a' $$;
create function some_text() returns text language sql immutable as $$ select 'a <b>'::text $$;
create function some_xml() returns xml language sql immutable as $$ select '<a>b</a>'::xml $$;
create function some_bytes() returns bytea language sql immutable as $$ select '\x00ff41'::bytea $$;
create function echo_xml(xml) returns xml language sql immutable as $$ select $1 $$;
create domain "text/html" as text;
create function page() returns "text/html" language sql immutable as $$ select '<h1>Hello</h1>'::"text/html" $$;
create domain "application/vnd.chat.slugs" as text;
create function add_slug("application/vnd.chat.slugs", channels) returns "application/vnd.chat.slugs" language sql immutable as $$
  select (case when $1 is null then '' else $1 || '|' end || ($2).slug)::"application/vnd.chat.slugs" $$;
create aggregate list_slugs(channels) (sfunc = add_slug, stype = "application/vnd.chat.slugs");
create function messages_of(name_param text) returns setof messages language sql stable as $$ select * from messages where username = name_param order by id $$;
create function request_setting(name text) returns text language sql stable as $$ select current_setting('request.' || name, true) $$;
create function any_setting(name text) returns text language sql stable as $$ select current_setting(name, true) $$;
create function who_am_i() returns text language sql stable as $$ select current_user::text $$;
create function is_read_only() returns text language sql volatile as $$ select current_setting('transaction_read_only') $$;
create function is_read_only_stable() returns text language sql stable as $$ select current_setting('transaction_read_only') $$;

create function many_rows() returns setof int language sql stable as $$ select generate_series(1, 1500) $$;
create function change_schema() returns void language plpgsql volatile security definer as $$
  begin
    drop table if exists public.fresh;
    create table public.fresh as select 1 as id, 'new'::text as word;
  end $$;
create function before_request() returns void language plpgsql as $$
  begin
    if current_setting('request.headers', true)::json ->> 'x-refuse' is not null then
      raise sqlstate 'PT402' using message = 'Payment required', detail = current_user, hint = 'Pay first';
    end if;
    perform set_config('chat.noted', coalesce(current_setting('request.headers', true)::json ->> 'x-note', ''), true);
  end $$;
create function raise_plain() returns void language plpgsql as $$ begin raise exception 'my message' using detail = 'my detail', hint = 'my hint'; end $$;
create function raise_code(code text, says text default 'my message') returns void language plpgsql as $$
  begin raise exception using errcode = code, message = says; end $$;
create function raise_pgrst(message text, detail text) returns void language plpgsql as $$
  begin raise sqlstate 'PGRST' using message = raise_pgrst.message, detail = raise_pgrst.detail; end $$;
create function set_response(status text, headers text) returns text language plpgsql as $$
  begin
    if set_response.status <> '' then perform set_config('response.status', set_response.status, true); end if;
    if set_response.headers <> '' then perform set_config('response.headers', set_response.headers, true); end if;
    return 'done';
  end $$;

-- rows as arguments and results; overloads of every kind
create view recent_messages with (security_invoker) as select * from messages order by id desc limit 100;
create function messages_around(channel_row channels) returns setof messages language sql stable as $$
  select * from messages where channel_id = channel_row.id order by id $$;
create function messages_around(user_row users) returns setof messages language sql stable as $$
  select * from messages where username = user_row.username order by id $$;
create function messages_around(online_row online_users) returns setof recent_messages language sql stable as $$
  select * from recent_messages where username = online_row.username $$;
create function first_message(user_row users) returns messages language sql stable as $$
  select * from messages where username = user_row.username order by id limit 1 $$;
create function blurb(messages) returns text language sql stable as $$ select left($1.message, 3) $$;
create function overloaded() returns void language sql as '';
create function overloaded(a text) returns int language sql as 'select 1';
create function overloaded(b int) returns text language sql as $$ select 'b' $$;
create function overloaded(cid bigint, search text default 'Perfection') returns setof messages language sql stable as $$
  select * from messages where channel_id = cid and message = search $$;
create function half_unclear() returns void language sql as '';
create function half_unclear(a text) returns int language sql as 'select 1';
create function half_unclear(a int) returns text language sql as $$ select 'int' $$;
create function unnamed_kinds(boolean) returns int language sql as 'select 1';
create function unnamed_kinds(int) returns int language sql as 'select 2';
create function unnamed_kinds(text) returns text language sql as $$ select 'text' $$;
create function unnamed_or_none() returns int language sql as 'select 1';
create function unnamed_or_none(text) returns text language sql as $$ select 'text' $$;
create function unnamed_int(int) returns int language sql as 'select 1';
create function unnamed_default() returns int language sql as 'select 1';
create function unnamed_default(int default 42) returns int language sql as 'select 2';
create function unnamed_default(text default 'default') returns text language sql as $$ select 'text' $$;

-- ---------------------------------------------------------------- tables that tests write to
create table notes (
  id int generated by default as identity primary key,
  title text not null,
  body text default 'empty',
  stars int default 1 check (stars between 0 and 5),
  author text references users (username),
  extra jsonb
);
create table stock (
  sku text primary key,
  shelf text unique,
  amount int not null default 1
);
create table seats (
  "row" text,
  number int,
  guest text,
  primary key ("row", number)
);
create table parents (id int primary key, name text not null);
create table children (id int primary key, parent_id int references parents (id), name text not null);
create table secrets (id int primary key, word text);
insert into secrets values (1, 'hush');
create table "odd, names" ("the key" int primary key, "a.b" text, "c(d)" text);
insert into "odd, names" values (1, 'dotted', 'round'), (2, null, 'x,y');
create table sizes (id int primary key, width numeric, height numeric, kind text, made date);
insert into sizes values (1, 1.5, 2, 'a', '2026-01-01'), (2, 2.5, 4, 'a', '2026-01-02'), (3, 10, null, 'b', '2026-01-02');
create table numbers (n int primary key);
insert into numbers select generate_series(1, 200);
analyze numbers;
analyze users;

create function add_note(title text, stars int default 2) returns notes language sql volatile as $$
  insert into notes (title, stars) values (title, stars) returning * $$;
create function drop_notes(from_id int) returns setof notes language sql volatile as $$
  delete from notes where id >= from_id returning * $$;
create function drop_notes_quietly(from_id int) returns void language sql volatile as $$
  delete from notes where id >= from_id $$;
create function write_in_get() returns int language sql volatile as $$ insert into notes (title) values ('by get') returning id $$;

-- ---------------------------------------------------------------- rights: open, but through row-level security
do $$
declare t record;
begin
  for t in select schemaname, tablename from pg_tables where schemaname in ('public', 'personal') loop
    execute format('alter table %I.%I enable row level security', t.schemaname, t.tablename);
    execute format('create policy everybody on %I.%I to anon, authenticated, moderator using (true) with check (true)', t.schemaname, t.tablename);
    execute format('grant select, insert, update, delete on %I.%I to anon, authenticated, moderator', t.schemaname, t.tablename);
  end loop;
end $$;
grant usage on schema personal to anon, authenticated, moderator, service_role;
grant usage on schema public to moderator;
grant select, insert, update, delete on online_users, message_list, statuses, recent_messages to anon, authenticated;
grant usage, select on all sequences in schema public to anon, authenticated;
grant execute on all functions in schema public, personal to anon, authenticated, moderator;
revoke all on secrets from anon, authenticated, moderator;
drop policy everybody on secrets;
drop policy everybody on notes;
create policy readable on notes for select to anon, authenticated using (true);
create policy not_forbidden on notes for insert to anon, authenticated with check (title is distinct from 'forbidden');
create policy changeable on notes for update to anon, authenticated using (title <> 'frozen');
create policy removable on notes for delete to anon, authenticated using (title <> 'frozen');

comment on schema public is 'The chat';
comment on table channels is 'Where people talk';
comment on column channels.slug is 'Its name in the address';
