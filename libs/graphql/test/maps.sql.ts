// Tables for the golden cases of PostGIS.

/** Run as the owner, with the extension's schema in the search path. */
export const maps = `
  create table place (id int primary key, name text not null, spot geometry(point, 4326), area geometry(polygon, 4326), globe geography(point, 4326));
  insert into place values
    (1, 'Origin', st_setsrid(st_makepoint(0, 0), 4326), st_geomfromtext('POLYGON((-1 -1, 1 -1, 1 1, -1 1, -1 -1))', 4326), 'POINT(0 0)'),
    (2, 'East', st_setsrid(st_makepoint(2, 0), 4326), st_geomfromtext('POLYGON((0 -1, 3 -1, 3 1, 0 1, 0 -1))', 4326), 'POINT(2 0)'),
    (3, 'Nowhere', null, null, null);
  grant select on place to anon, authenticated, service_role;
`

/** The same for PostGIS' rasters: two by two cells of ones. */
export const rasters = `
  create table tile (id int primary key, cells raster);
  insert into tile values
    (1, st_addband(st_makeemptyraster(2, 2, 0, 2, 1, -1, 0, 0, 4326), '8BUI'::text, 1, 0)),
    (2, st_addband(st_makeemptyraster(2, 2, 10, 12, 1, -1, 0, 0, 4326), '8BUI'::text, 1, 0));
  grant select on tile to anon, authenticated, service_role;
`
