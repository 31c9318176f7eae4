import { expect, it } from 'vitest'
import { loadedCatalog } from './loaded-catalog.ts'

it('media handlers are aggregates of rows whose result is a domain named like a media type', async () => {
  await using test = await loadedCatalog(
    `create schema extras; create schema other; create table t (id int);
     create domain "text/HTML" as text; create domain "*/*" as bytea; create domain "application/vnd.x+y.z-1" as text; create domain "not a type" as text;
     create function step(text, t) returns text language sql as $$ select $1 $$; create function step(text, anyelement) returns text language sql as $$ select $1 $$;
     create function html(text) returns "text/HTML" language sql as $$ select $1::"text/HTML" $$; create function every(text) returns "*/*" language sql as $$ select $1::bytea::"*/*" $$;
     create function vnd(text) returns "application/vnd.x+y.z-1" language sql as $$ select $1::"application/vnd.x+y.z-1" $$;
     create function untyped(text) returns "not a type" language sql as $$ select $1::"not a type" $$;
     create aggregate html_of(t) (sfunc = step, stype = text, finalfunc = html, initcond = '');
     create aggregate extras.any_of(anyelement) (sfunc = step, stype = text, finalfunc = every, initcond = '');
     create aggregate other.vnd_of(t) (sfunc = step, stype = text, finalfunc = vnd, initcond = '');
     create aggregate no_media(t) (sfunc = step, stype = text, finalfunc = untyped, initcond = '')`,
    { extraSearchPath: ['extras'] },
  )
  const { catalog } = test
  expect(catalog.mediaHandlers.map(({ mediaType, schema, name, relation }) => [mediaType, schema, name, relation?.name ?? null])).toEqual([
    ['text/html', 'public', 'html_of', 't'],
    ['*/*', 'extras', 'any_of', null],
  ])
  expect(catalog.mediaHandlers[0]!.relation).toBe(catalog.findRelation('public', 't'))
  expect(catalog.functions.get('public.html')![0]!.returnType).toMatchObject({ kind: 'domain', name: 'text/HTML', base: { name: 'text' } })
  expect([catalog.functions.has('public.html_of'), catalog.geoJsonSchema]).toEqual([false, null])
})

it('the schema of PostGIS is that of its st_asgeojson over records', async () => {
  await using test = await loadedCatalog(
    `create schema gis; create function public.st_asgeojson(text) returns text language sql as $$ select $1 $$;
     create function gis.st_asgeojson(record, geom_column text default '') returns text language plpgsql as $$ begin return '{}'; end $$`,
  )
  expect(test.catalog.geoJsonSchema).toBe('gis')
})
