// What the generator knows of types: values in Postgres' input syntax, the GraphQL scalar, and the operators of the dialect that fit.

export type TypeName =
  | 'int2'
  | 'int4'
  | 'int8'
  | 'numeric'
  | 'float8'
  | 'text'
  | 'varchar(40)'
  | 'bool'
  | 'uuid'
  | 'date'
  | 'time'
  | 'timestamptz'
  | 'timestamp'
  | 'interval'
  | 'jsonb'
  | 'json'
  | 'text[]'
  | 'int4[]'
  | 'int8range'
  | 'mood'
  | 'rating'
  | 'bytea'
  | 'inet'
  | 'feel'

export interface TypeFacts {
  readonly scalar: string
  readonly values: readonly string[]
  /** How a value is written in JSON and in a document. */
  readonly written: 'number' | 'boolean' | 'string' | 'json' | 'list' | 'enum'
  readonly operators: readonly string[]
  /** Has equality and an order. */
  readonly sortable: boolean
  readonly numeric: boolean
  /** Has min and max. */
  readonly bounded: boolean
}

/** The keys of the enum table `feel`. */
export const feelings = ['calm', 'Happy', 'very_wild'] as const

const equality = ['_eq', '_neq', '_in', '_nin']
const comparisons = [...equality, '_gt', '_gte', '_lt', '_lte']
const textual = ['_like', '_nlike', '_ilike', '_nilike', '_similar', '_nsimilar', '_regex', '_iregex', '_nregex', '_niregex']
const words = [
  'ant',
  'bee',
  'Cat',
  'cats and dogs',
  'a,b',
  'x(y)',
  'quo"te',
  'back\\slash',
  '100%',
  'Größe',
  '',
  'null',
  'a.b',
  '{x}',
  '$1',
]

const number = (scalar: string, values: readonly string[]): TypeFacts => ({
  scalar,
  values,
  written: 'number',
  operators: comparisons,
  sortable: true,
  numeric: true,
  bounded: true,
})
const plain = (scalar: string, values: readonly string[], bounded = true): TypeFacts => ({
  scalar,
  values,
  written: 'string',
  operators: comparisons,
  sortable: true,
  numeric: false,
  bounded,
})

export const columnTypes: Readonly<Record<TypeName, TypeFacts>> = {
  int2: number('smallint', ['-7', '0', '1', '32767']),
  int4: number('Int', ['-3', '0', '1', '2', '3', '5', '2147483647']),
  int8: number('bigint', ['-1', '0', '7', '9007199254740993', '12']),
  numeric: number('numeric', ['0', '1.50', '-2.250', '1000', '12345678901234567890.125']),
  float8: number('float8', ['0', '1.5', '-2.25', '0.125', '0.0009765625']),
  rating: number('Int', ['0', '4', '9']),
  text: { ...plain('String', words), operators: [...comparisons, ...textual] },
  'varchar(40)': { ...plain('String', words), operators: [...comparisons, ...textual] },
  bool: { ...plain('Boolean', ['true', 'false'], false), written: 'boolean' },
  uuid: plain(
    'uuid',
    ['00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000b', '11111111-2222-3333-4444-555555555555'],
    false,
  ),
  date: plain('date', ['2026-01-01', '2025-12-31', '2026-02-28']),
  time: plain('time', ['00:00:00', '13:37:59.25', '23:00']),
  timestamptz: plain('timestamptz', ['2026-01-01T00:00:00Z', '2026-01-01 05:00:00.25+03', '1999-12-31T23:59:59Z']),
  timestamp: plain('timestamp', ['2026-01-01T00:00:00', '1999-12-31 23:59:59.5']),
  interval: plain('interval', ['1 day', '25:00:00', '3 mons']),
  jsonb: {
    scalar: 'jsonb',
    values: [
      '{"k":{"n":1,"t":"one"},"l":[1,2]}',
      '{"k":{"n":2,"t":"x,y"}}',
      '{}',
      '{"k":null}',
      '[1,{"k":5}]',
      '"word"',
      '{"l":[3],"t":"q\\"q"}',
      '1.5',
    ],
    written: 'json',
    operators: [...comparisons, '_contains', '_contained_in', '_has_key', '_has_keys_any', '_has_keys_all', '_cast'],
    sortable: true,
    numeric: false,
    bounded: false,
  },
  json: {
    scalar: 'json',
    values: ['{"k":{"n":1, "t":"one"}}', '{"t":"two", "l":[1]}', '[]'],
    written: 'json',
    operators: [],
    sortable: false,
    numeric: false,
    bounded: false,
  },
  'text[]': {
    scalar: 'String',
    values: ['{}', '{ant}', '{ant,bee}', '{"a,b",NULL}', '{"quo\\"te"}'],
    written: 'list',
    operators: [...comparisons, '_contains', '_contained_in'],
    sortable: true,
    numeric: false,
    bounded: false,
  },
  'int4[]': {
    scalar: 'Int',
    values: ['{}', '{1}', '{1,2,3}', '{3,NULL}'],
    written: 'list',
    operators: [...comparisons, '_contains', '_contained_in'],
    sortable: true,
    numeric: false,
    bounded: false,
  },
  int8range: plain('int8range', ['empty', '[1,5)', '[5,9)', '(,3)'], false),
  mood: plain('mood', ['calm', 'happy', 'wild']),
  bytea: plain('bytea', ['\\x', '\\x00ff', '\\x416e74'], false),
  feel: { ...plain('feel_enum', feelings), written: 'enum', operators: equality },
  inet: plain('inet', ['10.0.0.1', '10.0.0.0/8', '::1']),
}

/** The type's name in SQL: columns that refer to an enum table are text. */
export const sqlType = (type: TypeName): string => (type === 'feel' ? 'text' : type)

export const typeNames = Object.keys(columnTypes) as TypeName[]

/** Values of lists as a document may hold them: their items. */
export const listItems: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'text[]': [[], ['ant'], ['ant', 'bee'], ['a,b'], ['quo"te'], ['NULL']],
  'int4[]': [[], ['1'], ['1', '2', '3'], ['3']],
}

export const patterns: Readonly<Record<string, readonly string[]>> = {
  _like: ['%a%', 'b%', 'C_t', '%', 'a,b', '%"%', '100\\%'],
  _ilike: ['%A%', 'B%', 'c_T', '%s', 'NULL'],
  _similar: ['%(a|b)%', 'ant', '[A-Z]%', '_{3}'],
  _regex: ['^a', 'a|b', '[A-Z]', 's$', '\\.', '"'],
  _iregex: ['^A', 'CAT', 'b+', '^$'],
}

/** Keys and paths of the json values above. */
export const jsonKeys = ['k', 'l', 't', 'word', 'none'] as const
export const jsonPaths: readonly (readonly (string | number)[])[] = [['k'], ['t'], ['k', 'n'], ['l', 0], [1, 'k'], [0], ['none'], ['l']]

/** As the aggregates of the dialect see columns. */
export const floatAggregates = ['avg', 'stddev', 'stddev_pop', 'stddev_samp', 'var_pop', 'var_samp', 'variance'] as const

/** Aggregates over related float8 columns that conditions may be about; corr is left out: it is rounded. */
export const floatPredicates = ['avg', 'covar_samp', 'max', 'min', 'stddev_samp', 'sum', 'var_samp'] as const
