// Functions over rows: values, one row, and rows, with and without arguments, in SQL and in PL/pgSQL.
import type { Random } from '../../../query/test/property/random.ts'
import { quoteName, quoteText } from '../../../query/test/property/sql-text.ts'
import type { TypeName } from './column-types.ts'
import type { Column, ForeignKey, Given, Link, Relation } from './model.ts'

const hash = 'abs(hashtext(mark))'
/** Values of a few types that the row's mark decides. */
const values: readonly { readonly type: TypeName; readonly sql: string }[] = [
  { type: 'text', sql: `(array['ant', 'bee', 'Cat', null])[1 + ${hash} % 4]` },
  { type: 'int4', sql: `nullif(${hash} % 5, 4)` },
  { type: 'bool', sql: `nullif(${hash} % 3, 2) = 0` },
  { type: 'date', sql: `date '2026-01-01' - ${hash} % 2` },
  { type: 'jsonb', sql: `jsonb_build_object('k', jsonb_build_object('n', ${hash} % 3), 't', mark, 'l', array[1, ${hash} % 2])` },
  { type: 'int8', sql: `9007199254740993 - ${hash} % 3` },
  { type: 'text[]', sql: `case when ${hash} % 3 > 0 then array['ant', 'bee'] else array[]::text[] end` },
]

/** Gives the table its computed values, and the statements that make them. */
export function computedOf(random: Random, table: Relation): string[] {
  const plain = table.columns.filter(({ use, type }) => use === 'plain' && type !== 'feel')
  const same = plain.length === 0 ? [] : [random.pick(plain)].map(({ name, type }) => ({ type, sql: quoteName(name) }))
  const bare = random.some([...values, ...same], 2)
  for (const [i, { type, sql }] of bare.entries()) table.computed.push(computedColumn(`c_bare_${i}`, type, { sql, args: [], isBare: true }))
  const statements = bare.map(({ type, sql }, i) => functionSql(random, `c_bare_${i}`, table, [], type, sql))
  if (random.chance(60)) {
    table.computed.push(...waysToCall.map((args) => computedColumn('c_cut', 'text', { sql: cut(args), args, isBare: false })))
    const declared = [`size int default 2`, `sep text default '-'`]
    statements.push(functionSql(random, 'c_cut', table, declared, 'text', 'sep || left(mark, size)'))
  }
  return statements
}

const computedColumn = (name: string, type: TypeName, computed: Column['computed']): Column => ({
  name,
  type,
  nullable: true,
  use: 'computed',
  computed,
})

const waysToCall: readonly (readonly Given[])[] = [
  [],
  [{ name: 'size', scalar: 'Int', value: 1 }],
  [{ name: 'sep', scalar: 'String', value: 'a"b' }],
  [
    { name: 'sep', scalar: 'String', value: '' },
    { name: 'size', scalar: 'Int', value: 0 },
  ],
  [{ name: 'size', scalar: 'Int', value: null }],
]

function cut(args: readonly Given[]): string {
  const { size, sep } = { size: 2, sep: '-', ...Object.fromEntries(args.map(({ name, value }) => [name, value])) }
  return `${quoteText(sep)} || left(mark, ${size})`
}

/** The columns are those of `r`. */
function functionSql(random: Random, name: string, table: Relation, declared: readonly string[], type: string, sql: string): string {
  const parameters = [`r ${quoteName(table.name)}`, ...declared].join(', ')
  const from = `(select r.*) t`
  const body = `select ${sql} from ${from}`
  const language = random.chance(70) ? `language sql ${random.pick(['stable', 'immutable'])}` : 'language plpgsql stable'
  const made = `create function ${name}(${parameters}) returns ${type} ${language}`
  return `${made} as $f$ ${language.includes('plpgsql') ? `begin return (${body}); end` : body} $f$; ${granted(name, parameters)}`
}

const granted = (name: string, parameters: string): string =>
  `grant execute on function ${name}(${parameters.replaceAll(/ default [^,]*/g, '')}) to anon, authenticated, service_role`

interface ComputedRows {
  readonly links: Link[]
  readonly sql: string[]
}

/** Functions that give rows for a row, along foreign keys and without. */
export function computedLinksOf(random: Random, tables: readonly Relation[], keys: readonly ForeignKey[]): ComputedRows {
  const made: ComputedRows = { links: [], sql: [] }
  for (const source of tables) {
    const away = keys.filter((key) => key.source === source && key.target !== source)
    if (away.length > 0 && random.chance(60)) addRow(random, made, source, random.pick(away))
    if (random.chance(70)) addRows(random, made, source, tables, keys)
  }
  return made
}

function addRow(random: Random, made: ComputedRows, source: Relation, key: ForeignKey): void {
  const pairs = key.columns.map((name, i) => [name, key.targetColumns[i]!] as const)
  const computed = { parts: 1, part: 0, args: [], isBare: true }
  made.links.push({ name: 'c_row', source, target: key.target, toOne: true, forward: false, pairs, computed })
  made.sql.push(rowsFunctionSql(random, 'c_row', source, key.target, [], pairs, ''))
}

function addRows(random: Random, made: ComputedRows, source: Relation, tables: readonly Relation[], keys: readonly ForeignKey[]): void {
  const towards = keys.filter(({ target }) => target === source)
  const key = towards.length > 0 && random.chance(70) ? random.pick(towards) : undefined
  const target = key?.source ?? random.pick(tables)
  const pairs = key === undefined ? [] : key.columns.map((name, i) => [key.targetColumns[i]!, name] as const)
  const link = { source, target, toOne: false, forward: false, pairs }
  const part = random.below(2)
  made.links.push({ ...link, name: 'c_rows', computed: { parts: 2, part, args: [], isBare: true } })
  made.sql.push(rowsFunctionSql(random, 'c_rows', source, target, [], pairs, `abs(hashtext(f.mark)) % 2 = ${part}`))
  const given = (name: string, value: number): Given => ({ name, scalar: 'Int', value })
  for (const [parts, chosen] of [
    [2, 0],
    [2, 1],
    [3, 0],
    [1, 0],
  ] as const) {
    const args = [...(parts === 2 ? [] : [given('parts', parts)]), ...(chosen === 0 ? [] : [given('part', chosen)])]
    made.links.push({ ...link, name: 'c_part', computed: { parts, part: chosen, args, isBare: false } })
  }
  const declared = ['parts int default 2', 'part int default 0']
  made.sql.push(rowsFunctionSql(random, 'c_part', source, target, declared, pairs, 'abs(hashtext(f.mark)) % parts = part'))
}

function rowsFunctionSql(
  random: Random,
  name: string,
  source: Relation,
  target: Relation,
  declared: readonly string[],
  pairs: Link['pairs'],
  condition: string,
): string {
  const parameters = [`r ${quoteName(source.name)}`, ...declared].join(', ')
  const joined = pairs.map(([near, far]) => `f.${quoteName(far)} = r.${quoteName(near)}`)
  const where = [...joined, ...(condition === '' ? [] : [condition])].join(' and ')
  const body = `select f.* from ${quoteName(target.name)} f where ${where}`
  const returns = `${condition === '' ? '' : 'setof '}${quoteName(target.name)}`
  const isSql = condition === '' || random.chance(60)
  const made = `create function ${name}(${parameters}) returns ${returns} language ${isSql ? 'sql' : 'plpgsql'} stable`
  return `${made} as $f$ ${isSql ? body : `begin return query ${body}; end`} $f$; ${granted(name, parameters)}`
}
