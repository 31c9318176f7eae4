// Tables for the golden cases of reading: columns of every kind, functions over rows and at the root, an enum table.

/** Run as the owner, with the extensions' schema in the search path. */
export const kinds = `
  create type mood as enum ('calm', 'loud');
  create type address as (street text, city text);
  create domain score as int check (value >= 0);

  create table genre (value text primary key, comment text);
  comment on table genre is '@graphql({"enum": true})';
  insert into genre values ('rock', 'Loud ones'), ('jazz', null);

  create table shelf (
    id int primary key,
    name text not null,
    code citext,
    tag char(4),
    nick varchar(10),
    path ltree,
    genre text references genre,
    feel mood,
    feels mood[],
    home address,
    tags text[] not null default '{}',
    grid int[],
    span int4range,
    spans int4multirange,
    open tstzrange,
    data jsonb,
    doc json,
    bytes bytea,
    rank score,
    big bigint,
    small smallint,
    exact numeric(10,2),
    ratio real,
    weight double precision,
    cash money,
    day date,
    hour time,
    hour_tz timetz,
    at timestamp,
    at_tz timestamptz,
    gap interval,
    key uuid,
    addr inet,
    ok boolean not null default true);
  comment on table shelf is 'Where items stand';
  comment on column shelf.name is 'What it is called';
  insert into shelf values
    (1, 'One', 'Abc', 'ab', 'uno', 'top.books.old', 'rock', 'calm', '{calm,loud}', '(Main St,Bern)', '{a,b}', '{{1,2},{3,4}}', '[1,5)', '{[1,3),[7,9)}',
      '[2026-01-01Z,2026-02-01Z)', '{"n": 1, "t": "one", "deep": {"x y": [10, 20]}}', '{"n": 1}', '\\x6869', 3, 9007199254740991, 7, 12.50, 0.5, 1.25, 9.99,
      '2026-01-02', '03:04:05', '03:04:05+02', '2026-01-02T03:04:05', '2026-01-02T03:04:05Z', '1 day 02:00', '00000000-0000-4000-8000-000000000001', '10.0.0.1', true),
    (2, 'Two', 'DEF', 'cd', null, 'top.books', 'jazz', 'loud', null, null, '{b}', null, '[5,9)', null, null, '{"n": 2}', null, null, null, 2, null, 7.25, null, 2.5, null,
      null, null, null, null, null, null, null, null, false),
    (3, 'Three', null, null, null, 'top.maps', null, null, null, null, '{}', null, 'empty', null, null, null, null, null, null, null, null, null, null, null, null,
      null, null, null, null, null, null, null, null, true);

  create table item (
    id int primary key,
    shelf_id int not null references shelf,
    name text not null,
    weight double precision not null,
    height double precision not null,
    price numeric(8,2) not null,
    sold boolean not null,
    fragile boolean);
  insert into item values
    (1, 1, 'vase', 1, 10, 20.00, false, true), (2, 1, 'book', 2, 20, 10.00, true, false), (3, 1, 'box', 4, 35, 5.00, true, null),
    (4, 2, 'lamp', 3, 50, 40.00, true, true), (5, 2, 'rug', 8, 1, 60.00, true, false);
  create index on item (shelf_id);

  create table lone (note text);
  insert into lone values ('x');

  create function label(shelf) returns text language sql stable as $$ select upper($1.name) $$;
  comment on function label(shelf) is 'The name in capitals';
  create function worth(shelf, rate numeric default 1, plus numeric default 0) returns numeric language sql stable
    as $$ select coalesce(sum(i.price), 0) * rate + plus from public.item i where i.shelf_id = $1.id $$;
  create function facts(shelf) returns jsonb language sql stable as $$ select jsonb_build_object('id', $1.id, 'tags', to_jsonb($1.tags)) $$;
  create function heavy(shelf, above double precision) returns setof item language sql stable
    as $$ select * from public.item i where i.shelf_id = $1.id and i.weight > above $$;
  create function sold_items(shelf) returns setof item language sql stable as $$ select * from public.item i where i.shelf_id = $1.id and i.sold $$;
  create function best(shelf) returns item language sql stable as $$ select * from public.item i where i.shelf_id = $1.id order by i.price desc limit 1 $$;
  create function mine(shelf, hasura_session json) returns text language sql stable as $$ select $1.name || ':' || ($2 ->> 'role') $$;

  create function items_above(weight double precision, only_sold boolean default false) returns setof item language sql stable
    as $$ select * from public.item i where i.weight > items_above.weight and (not only_sold or i.sold) $$;
  comment on function items_above(double precision, boolean) is 'Items that weigh more';
  create function first_item(int, int default 0) returns item language sql stable as $$ select * from public.item i where i.id = $1 + $2 $$;
  create function twice(n int) returns int language sql immutable as 'select n * 2';
  create function up_to(n int) returns setof int language sql immutable as 'select generate_series(1, n)';
  create function whoami(hasura_session json) returns text language sql stable as $$ select $1 ->> 'role' $$;
  create function spell(variadic words text[]) returns text language sql immutable as $$ select array_to_string(words, '-') $$;

  alter table item enable row level security;
  create policy all_items on item for select to authenticated, service_role using (true);
  create policy sold_only on item for select to anon using (sold);
  grant select on shelf, item, genre, lone to anon, authenticated, service_role;
  grant execute on all functions in schema public to anon, authenticated, service_role;
`
