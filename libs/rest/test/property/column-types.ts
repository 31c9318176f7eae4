// What the generator knows of types: values in Postgres' input syntax, and the operators of the dialect that fit them.
import type { TypeName } from './model.ts'

interface TypeFacts {
  readonly values: readonly string[]
  readonly operators: readonly string[]
  /** Can be ordered and grouped. */
  readonly sortable: boolean
  readonly casts: readonly string[]
  readonly aggregates: readonly string[]
}

const comparisons = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'in', 'isdistinct']
const ranges = ['cs', 'cd', 'ov', 'sl', 'sr', 'nxr', 'nxl', 'adj', 'eq']
const words = ['ant', 'bee', 'Cat', 'cats and dogs', 'a,b', 'x(y)', 'quo"te', 'back\\slash', '100%', 'Größe', '', 'null', 'a.b', '*', '{x}']

export const columnTypes: Readonly<Record<TypeName, TypeFacts>> = {
  int4: {
    values: ['-3', '0', '1', '2', '3', '5', '2147483647'],
    operators: comparisons,
    sortable: true,
    casts: ['text', 'int8', 'numeric'],
    aggregates: ['sum', 'avg', 'min', 'max', 'count'],
  },
  int8: {
    values: ['-1', '0', '7', '9007199254740993', '12'],
    operators: comparisons,
    sortable: true,
    casts: ['text', 'numeric'],
    aggregates: ['sum', 'min', 'max', 'count'],
  },
  numeric: {
    values: ['0', '1.50', '-2.250', '1e3', '12345678901234567890.125'],
    operators: comparisons,
    sortable: true,
    casts: ['text'],
    aggregates: ['sum', 'min', 'max', 'count'],
  },
  float8: { values: ['0', '1.5', '-2.25', '1e-7'], operators: comparisons, sortable: true, casts: ['text'], aggregates: ['min', 'max'] },
  text: {
    values: words,
    operators: [...comparisons, 'like', 'ilike', 'match', 'imatch', 'plfts'],
    sortable: true,
    casts: ['varchar'],
    aggregates: ['min', 'max', 'count'],
  },
  bool: { values: ['true', 'false'], operators: ['eq', 'neq', 'in', 'isdistinct'], sortable: true, casts: ['text'], aggregates: ['count'] },
  date: {
    values: ['2026-01-01', '2025-12-31', '2026-02-28'],
    operators: comparisons,
    sortable: true,
    casts: ['text'],
    aggregates: ['min', 'max', 'count'],
  },
  timestamptz: {
    values: ['2026-01-01T00:00:00Z', '2026-01-01 05:00:00.25+03', '1999-12-31T23:59:59Z'],
    operators: comparisons,
    sortable: true,
    casts: ['date'],
    aggregates: ['min', 'max'],
  },
  uuid: {
    values: ['00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000b', '11111111-2222-3333-4444-555555555555'],
    operators: ['eq', 'neq', 'in', 'isdistinct'],
    sortable: true,
    casts: ['text'],
    aggregates: ['count'],
  },
  jsonb: {
    values: [
      '{"k":{"n":1,"t":"one"},"l":[1,2]}',
      '{"k":{"n":2,"t":"x,y"}}',
      '{}',
      '{"k":null}',
      '[1,{"k":5}]',
      '"word"',
      '{"l":[3],"t":"q\\"q"}',
    ],
    operators: ['cs', 'cd', 'eq', 'neq'],
    sortable: true,
    casts: ['text'],
    aggregates: ['count'],
  },
  json: {
    values: ['{"k":{"n":1, "t":"one"}}', '{"t":"two", "t2":[1]}', '[]'],
    operators: [],
    sortable: false,
    casts: ['text'],
    aggregates: ['count'],
  },
  'text[]': {
    values: ['{}', '{ant}', '{ant,bee}', '{"a,b",NULL}', '{"quo\\"te"}'],
    operators: ['cs', 'cd', 'ov', 'eq', 'neq'],
    sortable: true,
    casts: ['text'],
    aggregates: ['count'],
  },
  'int4[]': {
    values: ['{}', '{1}', '{1,2,3}', '{3,NULL}'],
    operators: ['cs', 'cd', 'ov', 'eq', 'gt'],
    sortable: true,
    casts: ['text'],
    aggregates: ['max'],
  },
  int4range: {
    values: ['empty', '[1,5)', '[5,9)', '(,3)', '[2,3)'],
    operators: ranges,
    sortable: true,
    casts: ['text'],
    aggregates: ['count'],
  },
  daterange: {
    values: ['[2026-01-01,2026-02-01)', '[2026-02-01,2026-03-01)', 'empty'],
    operators: ranges,
    sortable: true,
    casts: ['text'],
    aggregates: ['count'],
  },
  mood: {
    values: ['calm', 'happy', 'wild'],
    operators: comparisons,
    sortable: true,
    casts: ['text'],
    aggregates: ['min', 'max', 'count'],
  },
  tsvector: {
    values: ["'cat':1 'dog':2", "'ant':1 'bee':2,4", ''],
    operators: ['fts', 'plfts', 'phfts', 'wfts'],
    sortable: false,
    casts: ['text'],
    aggregates: ['count'],
  },
}

export const plainTypes = Object.keys(columnTypes) as TypeName[]

/** Operators that take `(any)` and `(all)`. */
export const quantifiable: ReadonlySet<string> = new Set(['eq', 'gt', 'gte', 'lt', 'lte', 'like', 'ilike', 'match', 'imatch'])

export const patterns: Readonly<Record<string, readonly string[]>> = {
  like: ['*a*', 'b%', 'C_t', '*', '%\\\\%', 'a,b', '*"*', '100\\%'],
  ilike: ['*A*', 'B*', 'c_T', '*s', 'NULL'],
  match: ['^a', 'a|b', '[A-Z]', 's$', '\\.', '"'],
  imatch: ['^A', 'CAT', 'b+', '^$'],
  fts: ['cat', 'cat & dog', 'ant | cat', '!bee', 'be:*'],
  plfts: ['cats dogs', 'the ant', 'bee'],
  phfts: ['cats dogs', 'ant bee'],
  wfts: ['cat or bee', '"cats dogs"', 'ant -bee'],
}

/** Steps into the json values above. */
export const jsonPaths: readonly (readonly (string | number)[])[] = [
  ['k'],
  ['t'],
  ['k', 'n'],
  ['k', 't'],
  ['l', 0],
  ['l', -1],
  [1, 'k'],
  [0],
  ['l'],
  ['none'],
]
export const jsonTexts = ['1', 'one', 'x,y', 'two', 'q"q', '3']
export const jsonValues = ['1', '"one"', 'null', '{"n": 1, "t": "one"}', '[1, 2]']
