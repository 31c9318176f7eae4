-- Only where PostGIS is installed.
create table shops (id int primary key, address text, place postgis.geometry(point, 4326));
insert into shops values (1, 'Harbour', 'SRID=4326;POINT(10.75 59.91)'), (2, 'Hill', 'SRID=4326;POINT(5.32 60.39)');
alter table shops enable row level security;
create policy everybody on shops to anon, authenticated using (true) with check (true);
grant select, insert, update, delete on shops to anon, authenticated;
