// GeoJSON of a request as the text that PostGIS reads for geometry and geography alike (EWKT). Only the shape is checked
// here; whether it is a valid geometry is PostGIS' to say.
import { NumberText } from '../inputs.ts'

const kinds: Readonly<Record<string, readonly [word: string, depth: number]>> = {
  Point: ['POINT', 0],
  MultiPoint: ['MULTIPOINT', 1],
  LineString: ['LINESTRING', 1],
  MultiLineString: ['MULTILINESTRING', 2],
  Polygon: ['POLYGON', 2],
  MultiPolygon: ['MULTIPOLYGON', 3],
}

/** Collections within collections, at most. */
const DEPTH_MAX = 32
/** GeoJSON's own reference system (RFC 7946). */
const DEFAULT_SRID = 4326

/** `SRID=4326;POINT(1 2)`; null when it is no GeoJSON geometry. */
export function geoJsonText(value: object): string | null {
  const text = bareText(value, 0)
  if (text === null) return null
  const srid = sridOf((value as { crs?: unknown }).crs)
  return srid === null ? null : `SRID=${srid};${text}`
}

function bareText(value: unknown, depth: number): string | null {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return null
  const { type, coordinates, geometries } = value as { type?: unknown; coordinates?: unknown; geometries?: unknown }
  if (type === 'GeometryCollection') {
    if (!Array.isArray(geometries)) return null
    const parts = geometries.map((each) => bareText(each, depth + 1))
    if (parts.some((part) => part === null)) return null
    return parts.length === 0 ? 'GEOMETRYCOLLECTION EMPTY' : `GEOMETRYCOLLECTION(${parts.join(',')})`
  }
  const kind = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined
  if (kind === undefined || !Array.isArray(coordinates)) return null
  if (coordinates.length === 0) return `${kind[0]} EMPTY`
  const text = coordinatesText(coordinates, kind[1])
  return text === null ? null : kind[1] === 0 ? `${kind[0]}(${text})` : `${kind[0]}${text}`
}

/** A position is numbers with blanks between; what holds positions is in brackets. */
function coordinatesText(value: unknown, depth: number): string | null {
  if (!Array.isArray(value)) return null
  const parts = value.map((item) => (depth === 0 ? numberText(item) : coordinatesText(item, depth - 1)))
  if (parts.some((part) => part === null)) return null
  return depth === 0 ? (parts.length < 2 ? null : parts.join(' ')) : `(${parts.join(',')})`
}

function numberText(value: unknown): string | null {
  if (value instanceof NumberText) return value.text
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
}

/** `{type: "name", properties: {name: "urn:ogc:def:crs:EPSG::4326"}}`, as PostGIS itself writes it. */
function sridOf(crs: unknown): number | null {
  if (crs === undefined || crs === null) return DEFAULT_SRID
  const { name } = (crs as { properties?: { name?: unknown } }).properties ?? {}
  if (typeof name !== 'string') return null
  if (/(?:^|:)CRS84$/i.test(name)) return DEFAULT_SRID
  const code = /(?:^|:)EPSG:(?:[\d.]*:)?(\d{1,6})$/i.exec(name)?.[1]
  return code === undefined ? null : Number(code)
}
