// Examples that look like data: from a column's default, its type, and what its name promises.
import { baseType } from '#libs/query'
import type { Column, DataType } from '#libs/catalog'
import { literalDefault } from './default-value.ts'

const byType: Readonly<Record<string, unknown>> = {
  bool: true,
  int2: 1,
  int4: 1,
  int8: 1,
  oid: 1,
  float4: 1.5,
  float8: 1.5,
  numeric: 9.99,
  json: { key: 'value' },
  jsonb: { key: 'value' },
  uuid: '6f1c8c2e-0a35-4d6e-9a2f-1b7d5e3c4a90',
  date: '2026-03-14',
  timestamptz: '2026-03-14T09:26:53+00:00',
  timestamp: '2026-03-14T09:26:53',
  time: '09:26:53',
  timetz: '09:26:53+00',
  interval: '01:30:00',
  bytea: String.raw`\x48656c6c6f`,
  inet: '192.0.2.1',
  cidr: '192.0.2.0/24',
  macaddr: '08:00:2b:01:02:03',
  money: '$9.99',
  xml: '<p>Hello</p>',
  tsvector: "'hello' 'world'",
  point: '(1,2)',
  int4range: '[1,10)',
  int8range: '[1,10)',
  numrange: '[1.5,9.5)',
  daterange: '[2026-03-14,2026-03-21)',
  tsrange: '["2026-03-14 09:00:00","2026-03-14 10:00:00")',
  tstzrange: '["2026-03-14 09:00:00+00","2026-03-14 10:00:00+00")',
  hstore: { key: 'value' },
  geometry: { type: 'Point', coordinates: [8.54, 47.37] },
}

const textByName: readonly (readonly [RegExp, string])[] = [
  [/e_?mail/, 'ann@example.com'],
  [/phone|mobile/, '+41 44 555 01 23'],
  [/url|link|website|href|avatar|image/, 'https://example.com/ann'],
  [/first_?name|given_?name/, 'Ann'],
  [/last_?name|family_?name|surname/, 'Example'],
  [/user_?name|login|handle/, 'ann'],
  [/^(full_?)?name$|_name$/, 'Ann Example'],
  [/title|subject|headline|label/, 'A first entry'],
  [/slug/, 'a-first-entry'],
  [/body|content|text|message|comment|description|note|bio|summary/, 'A few words.'],
  [/country/, 'CH'],
  [/city|town/, 'Zurich'],
  [/street|address/, '1 Example Street'],
  [/zip|postal/, '8001'],
  [/currency/, 'CHF'],
  [/locale|language|^lang$/, 'en'],
  [/time_?zone/, 'Europe/Zurich'],
  [/colou?r/, '#336699'],
  [/status|state/, 'open'],
  [/role|kind|type|category/, 'standard'],
  [/code|sku/, 'A-1001'],
]

const numberByName: readonly (readonly [RegExp, number])[] = [
  [/(^|_)(lat|latitude)$/, 47.37],
  [/(^|_)(lon|lng|longitude)$/, 8.54],
  [/percent|ratio|rate/, 12.5],
  [/price|amount|total|cost/, 49.9],
  [/year/, 2026],
  [/quantity|count|stock/, 3],
  [/age/, 42],
]

/** A column is asked for several times in one document, and again for every role. */
const known = new WeakMap<Column, unknown>()

/** A plausible value of a column. */
export function exampleOf(column: Column): unknown {
  if (!known.has(column)) known.set(column, literalDefault(column) ?? exampleOfType(column.type, column.name, column.maxLength))
  return known.get(column)
}

/** A plausible value of a type; the name of the column or argument makes it better. */
export function exampleOfType(type: DataType, name: string, maxLength?: number): unknown {
  const base = baseType(type)
  if (base.kind === 'array') return base.base === undefined ? [] : [exampleOfType(base.base, name)]
  if (base.enumLabels !== undefined && base.enumLabels.length > 0) return base.enumLabels[0]
  if (base.kind === 'composite') return {}
  if (base.kind === 'multirange') return '{}'
  const key = name.toLowerCase()
  if (/^(float[48]|numeric)$/.test(base.name)) return numberByName.find(([words]) => words.test(key))?.[1] ?? byType[base.name]
  if (/^int[248]$/.test(base.name)) return Math.trunc(numberByName.find(([words]) => words.test(key))?.[1] ?? 1)
  if (Object.hasOwn(byType, base.name)) return byType[base.name]
  if (base.kind === 'range') return 'empty'
  if (/^bit|^varbit/.test(base.name)) return '1'.repeat(maxLength ?? 1)
  const text = base.category === 'S' ? (textByName.find(([words]) => words.test(key))?.[1] ?? 'text') : undefined
  return maxLength === undefined ? text : text?.slice(0, maxLength)
}

/** The example as the value of a filter: `eq.1`. */
export function filterExample(type: DataType, example: unknown): string {
  const base = baseType(type)
  if (base.kind === 'array') return `cs.{${Array.isArray(example) ? example.join(',') : ''}}`
  if (base.kind === 'range' || base.kind === 'multirange') return `ov.${String(example)}`
  if (base.name === 'bool') return `is.${String(example)}`
  if (base.name === 'tsvector') return 'fts.hello'
  if (typeof example === 'object' || example === undefined) return 'not.is.null'
  return `eq.${String(example)}`
}
