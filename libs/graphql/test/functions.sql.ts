// Functions of every kind of signature and result, for the golden cases.

/** Run as the owner. */
export const functions = `
  create type size as (width int, height int);
  create type package as (label text, sizes size[], inner_size size);
  create table room (id int primary key, name text not null, area numeric not null, owner text, floor size, boxes package[]);
  insert into room values
    (1, 'hall', 12.5, 'anon', '(3,4)', null), (2, 'attic', 40, 'authenticated', null, null), (3, 'cellar', 25, 'anon', null, null);
  alter table room enable row level security;
  create policy all_rooms on room for select to service_role using (true);
  create policy own_rooms on room for select to anon, authenticated using (owner = current_user);
  create policy new_rooms on room for all to service_role using (true) with check (true);

  create function areas(at_least numeric default 0) returns table (room int, label text, area numeric) language sql stable
    as $$ select id, name, r.area from public.room r where r.area >= at_least $$;
  comment on function areas(numeric) is 'How large rooms are';
  create function extent(out smallest numeric, out largest numeric) language sql stable as $$ select min(area), max(area) from public.room $$;
  create function doubled(inout n int) language sql immutable as $$ select n * 2 $$;
  create function counted() returns table (total bigint) language sql stable as $$ select count(*) from public.room $$;
  create function sizes(up_to int) returns setof size language sql immutable as $$ select i, i * i from generate_series(1, up_to) i $$;
  create function largest_size() returns size language sql immutable as $$ select 9, 81 $$;
  create function rename_all(prefix text) returns table (id int, name text) language sql volatile security definer
    as $$ update public.room set name = prefix || name returning id, name $$;

  create function words(room) returns setof text language sql stable as $$ select regexp_split_to_table($1.name, '') $$;
  create function multiples(room, up_to int) returns setof int language sql immutable as $$ select $1.id * i from generate_series(1, up_to) i $$;
  create function walls(room, parts int default 2) returns table (part int, wall_length numeric) language sql stable
    as $$ select i, $1.area / parts from generate_series(1, parts) i $$;
  create function walls(room, parts int, height numeric) returns table (part int, surface numeric) language sql stable
    as $$ select i, $1.area / parts * height from generate_series(1, parts) i $$;

  create function price(room int) returns int language sql immutable as 'select room * 100';
  create function price(room int, days int) returns int language sql immutable as 'select room * 100 * days';
  create function price(room int, discount text) returns text language sql immutable as $$ select room || discount $$;
  create function twin(a int) returns text language sql immutable as $$ select 'int' $$;
  create function twin(a text[]) returns text language sql immutable as $$ select 'list' $$;
  create function volume(of size, height int default 1) returns int language sql immutable as 'select ($1).width * ($1).height * $2';
  create function total_width(variadic sizes size[]) returns bigint language sql immutable as 'select sum(s.width) from unnest(sizes) s';
  create function packed(p package) returns text language sql immutable as $$ select (p).label || cardinality((p).sizes) || coalesce(((p).inner_size).width::text, '-') $$;
  create function joined(separator text, variadic parts text[] default '{x,y}') returns text language sql immutable
    as $$ select array_to_string(parts, separator) $$;
  create function shifted(x int default 1, inout y int default 2, out z int) language sql immutable as $$ select y + x, y - x $$;

  create function any_of(a anyelement) returns int language sql immutable as 'select 1';
  create function any_array(a anyarray) returns int language sql immutable as 'select 1';
  create function nameless() returns record language sql immutable as 'select 1, 2';
  create function swept(room) returns int language sql volatile as 'select 1';
  create function of_room(n int, r room) returns int language sql immutable as 'select 1';
  create function "odd-name"() returns int language sql immutable as 'select 1';
  create function odd_argument("odd-one" int) returns int language sql immutable as 'select 1';

  grant select on room to anon, authenticated; grant all on room to service_role;
  revoke execute on all functions in schema public from public;
  grant execute on all functions in schema public to service_role;
  grant execute on function areas(numeric), price(int, int), words(room) to anon;
`

/** The rows of a case. */
export const functionsRows = `
  delete from room where id > 3;
  update room set name = (array['hall', 'attic', 'cellar'])[id], floor = case when id = 1 then '(3,4)'::size end, boxes = null;
`
