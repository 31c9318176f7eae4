import { expect, it } from 'vitest'
import { geoJsonText } from './geojson-text.ts'
import { NumberText } from '../inputs.ts'

it.each([
  [{ type: 'Point', coordinates: [1, 2.5] }, 'SRID=4326;POINT(1 2.5)'],
  [{ type: 'Point', coordinates: [new NumberText('1.00000000000000001'), 2, 3] }, 'SRID=4326;POINT(1.00000000000000001 2 3)'],
  [{ type: 'Point', coordinates: [] }, 'SRID=4326;POINT EMPTY'],
  [
    {
      type: 'LineString',
      coordinates: [
        [0, 0],
        [1, -1],
      ],
    },
    'SRID=4326;LINESTRING(0 0,1 -1)',
  ],
  [{ type: 'MultiPolygon', coordinates: [[[[0, 0]]]] }, 'SRID=4326;MULTIPOLYGON(((0 0)))'],
  [{ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [1, 2] }] }, 'SRID=4326;GEOMETRYCOLLECTION(POINT(1 2))'],
  [{ type: 'GeometryCollection', geometries: [] }, 'SRID=4326;GEOMETRYCOLLECTION EMPTY'],
  [
    { type: 'Point', coordinates: [1, 2], crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::3857' } } },
    'SRID=3857;POINT(1 2)',
  ],
  [
    { type: 'Point', coordinates: [1, 2], crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } } },
    'SRID=4326;POINT(1 2)',
  ],
])('%j is written as %s', (value, text) => {
  expect(geoJsonText(value)).toBe(text)
})

it.each([
  { type: 'Dot', coordinates: [1, 2] },
  { type: 'Point', coordinates: [1] },
  { type: 'Point', coordinates: ['1', '2); drop table x'] },
  { type: 'Point', coordinates: [Number.NaN, 1] },
  { type: 'LineString', coordinates: [1, 2] },
  { type: 'Point', coordinates: [1, 2], crs: { properties: { name: 'somewhere' } } },
  { type: 'constructor', coordinates: [] },
  { coordinates: [1, 2] },
])('%j is no geometry', (value) => {
  expect(geoJsonText(value)).toBeNull()
})

it('collections within collections without end are refused', () => {
  let value: object = { type: 'Point', coordinates: [1, 2] }
  for (let i = 0; i < 100; i++) value = { type: 'GeometryCollection', geometries: [value] }
  expect(geoJsonText(value)).toBeNull()
})
