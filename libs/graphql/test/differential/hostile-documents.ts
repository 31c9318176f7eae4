// Documents and variables that nobody means well with: garbage near the grammar, and shapes made to exhaust something.
import { randomJson, randomText, words } from '../../../query/test/fuzz/hostile-words.ts'
import type { Random } from '../../../query/test/property/random.ts'
import type { DocumentText } from './document-text.ts'

const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', '__typename', '__schema', '__type']
const tokens = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ':',
  '$',
  '!',
  '@',
  '...',
  '|',
  '=',
  '"',
  '"""',
  '#',
  ',',
  '\n',
  'null',
  'true',
  'on',
  'fragment',
  'query',
  'mutation',
  'subscription',
  '-1',
  '1e999',
  '00',
  '0x1',
  '1.',
]

/** A document made of a good one. */
export function makeHostile(random: Random, good: DocumentText, table: string): DocumentText {
  const kind = random.below(100)
  if (kind < 40) return { ...good, query: disturbed(random, good.query) }
  if (kind < 60) return { ...good, variables: disturbedVariables(random, good.variables) }
  if (kind < 66) return { ...good, operationName: random.pick([...inherited, '', 'Asked', randomText(random)]) }
  if (kind < 70)
    return {
      ...good,
      variables: JSON.parse(`{${random.pick(inherited.map((name) => JSON.stringify(name)))}:${randomJson(random)}}`) as Record<
        string,
        unknown
      >,
    }
  return hostileShape(random, table)
}

/** Some of its tokens are left out, doubled, swapped or replaced. */
function disturbed(random: Random, query: string): string {
  const parts = query.match(/"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|-?[\d.]+|\s+|[^\s\w]/g) ?? [query]
  for (let i = random.between(1, 3); i > 0; i--) {
    const at = random.below(parts.length)
    const how = random.below(7)
    if (how === 0) parts.splice(at, 1)
    else if (how === 1) parts.splice(at, 0, parts[random.below(parts.length)]!)
    else if (how === 2) parts[at] = random.pick(tokens)
    else if (how === 3) parts[at] = random.pick(inherited)
    else if (how === 4) parts[at] = JSON.stringify(randomText(random))
    else if (how === 5) parts[at] = random.pick(words)
    else parts.length = Math.max(1, at)
  }
  return parts.join('')
}

function disturbedVariables(random: Random, variables: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(variables)
  if (names.length === 0) return JSON.parse(`{"v0":${randomJson(random)}}`) as Record<string, unknown>
  const name = random.pick(names)
  const value = random.chance(40) ? insideOf(random, variables[name]) : (JSON.parse(randomJson(random)) as unknown)
  return { ...variables, [name]: value }
}

/** One value somewhere inside is another one. */
function insideOf(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.chance(20)) return JSON.parse(randomJson(random)) as unknown
  if (Array.isArray(value)) return value.length === 0 ? [null] : value.with(random.below(value.length), insideOf(random, value[0]))
  const keys = Object.keys(value)
  if (keys.length === 0 || random.chance(20))
    return { ...value, [random.pick([...inherited, '_or', '_not', '_eq'])]: JSON.parse(randomJson(random)) as unknown }
  const key = random.pick(keys)
  return { ...value, [key]: insideOf(random, (value as Record<string, unknown>)[key]) }
}

const repeated = (text: string, times: number): string => text.repeat(times)

/** Deep, wide, circular, huge. */
function hostileShape(random: Random, table: string): DocumentText {
  const deep = random.pick([50, 300, 3_000])
  const many = random.pick([60, 500, 5_000])
  const list = (count: number, item: (i: number) => string): string => Array.from({ length: count }, (_, i) => item(i)).join(' ')
  const nested = (open: string, inner: string, close: string): string => `${repeated(open, deep)}${inner}${repeated(close, deep)}`
  const json = (open: string, close: string): unknown =>
    JSON.parse(`${repeated(open, Math.min(deep, 2_000))}1${repeated(close, Math.min(deep, 2_000))}`) as unknown
  const shapes: readonly (() => DocumentText)[] = [
    () => plain(nested(`{ ${table} `, '{ id }', '}')),
    () => plain(`{ ${list(many, (i) => `a${i}: ${table} { mark }`)} }`),
    () => plain(`{ ${table} { ${list(many, (i) => `a${i}: mark`)} } }`),
    () => plain(`{ ${table} { ${repeated('mark ', many)} } }`),
    () => plain(`{ ${table}(where: ${nested('{_not: ', '{}', '}')}) { mark } }`),
    () => plain(`{ ${table}(where: ${nested('{_and: [', '{}', ']}')}) { mark } }`),
    () => plain(`{ ${table}(where: {mark: {_in: ${nested('[', '"x"', ']')}}}) { mark } }`),
    () => plain(`{ ${table}(where: {_or: [${list(many, (i) => `{mark: {_eq: "${i}"}}`)}]}) { mark } }`),
    () => plain(`{ ${table}(order_by: [${list(many, () => '{mark: asc}')}]) { mark } }`),
    () => plain(`{ ${table}(distinct_on: [${list(many, () => 'mark')}]) { mark } }`),
    () => plain(`{ ...A0 } ${list(many, (i) => `fragment A${i} on query_root { ...A${(i + 1) % many} }`)}`),
    () =>
      plain(
        `{ ...A0 } ${list(30, (i) => `fragment A${i} on query_root { ...A${i + 1} ...A${i + 1} }`)} fragment A30 on query_root { ${table} { mark } }`,
      ),
    () => plain(`query (${list(many, (i) => `$v${i}: String`)}) { ${table} { mark } }`),
    () => plain(`{ ${table} ${repeated('@include(if: true) ', many)} { mark } }`),
    () => plain(list(many, (i) => `query Q${i} { __typename }`)),
    () => plain(`{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`),
    () => plain(`{ ${table}(limit: ${random.pick(['-1', '99999999999999999999', '1e3', '"x"', '{}', '2147483648'])}) { mark } }`),
    () =>
      plain(
        `{ ${table}(where: {mark: {${random.pick(['_regex', '_similar', '_like', '_iregex'])}: ${JSON.stringify(random.pick(['(', '[', '\\', '*', '(a+)+$', '\\\\', '%\\', '{1000}', 'a{99999}']))}}}) { mark } }`,
      ),
    () =>
      plain(
        `{ ${table}(where: {mark: {_eq: ${JSON.stringify(random.pick(['\u0000', '\uD800', '\u{1F600}', 'x'.repeat(100_000), "'; drop table x; --"]))}}}) { mark } }`,
      ),
    () => plain(`\uFEFF{ ${table} { mark } }`),
    () =>
      plain(random.pick(['', ' ', '{}', '{', 'query', '#', '\u0000', '"""', 'subscription { x }', '{ __typename }', randomText(random)])),
    () => ({ query: `query ($w: ${table}_bool_exp) { ${table}(where: $w) { mark } }`, variables: { w: json('{"_not":', '}') } }),
    () => ({
      query: `query ($w: [${table}_bool_exp!]!) { ${table}(where: {_or: $w}) { mark } }`,
      variables: { w: Array.from({ length: many }, (_, i) => ({ mark: { _eq: String(i) } })) },
    }),
    () => ({
      query: `query ($w: [String!]) { ${table}(where: {mark: {_in: $w}}) { mark } }`,
      variables: { w: Array.from({ length: many * 30 }, () => 'x') },
    }),
    () => ({ query: `query ($w: [String!]) { ${table}(where: {mark: {_in: $w}}) { mark } }`, variables: { w: json('[', ']') } }),
    () => ({
      query: `mutation ($o: [${table}_insert_input!]!) { insert_${table}(objects: $o) { affected_rows } }`,
      variables: { o: Array.from({ length: many }, () => ({ mark: null })) },
    }),
    () => ({
      query: `mutation ($o: [${table}_insert_input!]!) { insert_${table}(objects: $o) { affected_rows } }`,
      variables: { o: JSON.parse(randomJson(random)) as unknown },
    }),
    () => plain(`mutation { ${list(many, (i) => `a${i}: delete_${table}(where: {}) { affected_rows }`)} }`),
  ]
  return random.pick(shapes)()
}

function plain(query: string): DocumentText {
  return { query, variables: {} }
}
