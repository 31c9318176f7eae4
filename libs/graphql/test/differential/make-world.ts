// A random database with its rows, rights and policies, as SQL.
import type { Random } from '../../../query/test/property/random.ts'
import { quoteName, quoteText } from '../../../query/test/property/sql-text.ts'
import { columnTypes, feelings, sqlType, typeNames, type TypeName } from './column-types.ts'
import {
  type Caller,
  type Column,
  type ForeignKey,
  functionName,
  oneName,
  touchName,
  type Relation,
  type Rights,
  type RoleName,
  type World,
} from './model.ts'
import { computedLinksOf, computedOf } from './make-computed.ts'
import { rootFunctionsSql } from './root-functions.ts'
import { policiesSql } from './policies.ts'
import { linksOf } from './relationships.ts'

const tableNames = ['author', 'book', 'shop', 'event', 'user', 'note', 'Order_Item', 'constructor']
const columnNames =
  'title body group score made tags data Kind span extra toString limit count nodes where on hasOwnProperty key value aggregate'.split(' ')
const ann = '00000000-0000-0000-0000-00000000000a'
const bob = '00000000-0000-0000-0000-00000000000b'

export const callers: readonly Caller[] = [
  { name: 'nobody', role: 'anon', claims: {} },
  { name: 'ann', role: 'authenticated', claims: { sub: ann, org: 1 } },
  { name: 'bob', role: 'authenticated', claims: { sub: bob, org: 2 } },
  { name: 'service', role: 'service_role', claims: {} },
]

export const namesOf = (names: Iterable<string>): string => [...names].map(quoteName).join(', ')

interface Table extends Relation {
  readonly rowCount: number
}

/** A database of four to seven tables and up to two views. */
export function makeWorld(random: Random): World {
  const types = new Deck(random)
  const tables: Table[] = []
  const keys: ForeignKey[] = []
  for (const name of random.shuffle(tableNames).slice(0, random.between(3, 5))) {
    const table = plainTable(random, name, types)
    addReferences(random, table, tables, keys)
    tables.push(withRights(random, table))
  }
  if (random.chance(70)) tables.push(withRights(random, detailTable(random, tables[0]!, keys)))
  tables.push(withRights(random, pairTable(random, tables[0]!, tables[1]!, keys)))
  const views = random.some(tables.slice(0, 3), 2).map((table, i) => viewOf(random, table, `v_${i}`))
  const scalars = tables.map((table) => computedOf(random, table))
  const rows = computedLinksOf(random, tables, keys)
  const relations = [...tables, ...views.map(({ view }) => view)]
  const ddl = [
    `create type mood as enum ('calm', 'happy', 'wild')`,
    'create domain rating as int check (value between 0 and 9)',
    'create table feel (value text primary key, remark text)',
    `insert into feel values ${feelings.map((each, i) => `(${quoteText(each)}, ${i === 0 ? 'null' : `'remark'`})`).join(', ')}`,
    `comment on table feel is '@graphql({"enum": true})'`,
    'grant select on feel to anon, authenticated, service_role',
    ...tables.map(tableSql),
    ...keys.map(foreignKeySql),
    ...rowsSql(random, tables, keys),
    ...views.map(({ sql }) => sql),
    ...tables.flatMap((table) => policiesSql(random, table, keys)),
    ...relations.flatMap(rightsSql),
    ...tables.flatMap((table) => functionSql(random, table)),
    ...rootFunctionsSql,
    ...scalars.flat(),
    ...rows.sql,
    ...contentsSql(tables),
  ]
  return {
    relations,
    links: linksOf(tables, keys),
    computed: rows.links,
    callers,
    ddl: ddl.join(';\n'),
  }
}

/** All types in turn, so that none is rare. */
class Deck {
  private left: TypeName[] = []

  constructor(private readonly random: Random) {}

  next(): TypeName {
    if (this.left.length === 0) this.left = this.random.shuffle(typeNames)
    return this.left.pop()!
  }
}

function column(name: string, type: TypeName, use: Column['use'], nullable = false): Column {
  return { name, type, use, nullable }
}

const noRights: Rights = { select: new Set(), insert: new Set(), update: new Set(), delete: false }
const without: Relation['rights'] = { anon: noRights, authenticated: noRights, service_role: noRights }

function plainTable(random: Random, name: string, types: Deck): Table {
  const key = random.chance(20)
    ? [column('k1', 'int4', 'key'), column('k2', 'text', 'key')]
    : [column('id', random.pick<TypeName>(['int4', 'int4', 'uuid', 'text', 'int8']), 'key')]
  const claims = [
    ...(random.chance(55) ? [column('owner', 'uuid', 'plain', true)] : []),
    ...(random.chance(45) ? [column('org', 'int4', 'plain', true)] : []),
  ]
  const others = random.some(columnNames, 9).map((each): Column => {
    const type = types.next()
    const fallback = random.chance(25) ? random.pick(columnTypes[type].values) : undefined
    return { ...column(each, type, 'plain', random.chance(60)), ...(fallback === undefined ? {} : { fallback }) }
  })
  const loud = random.chance(20) ? [column('loud', 'text', 'generated', true)] : []
  const names = key.map((each) => each.name)
  return {
    name,
    kind: 'table',
    columns: [...key, column('mark', 'text', 'mark'), ...claims, ...others, ...loud],
    key: names,
    keys: [{ name: `${name}_pkey`, columns: names }, ...(random.chance(40) ? [{ name: `${name}_mark_key`, columns: ['mark'] }] : [])],
    rights: without,
    computed: [],
    rowCount: random.chance(6) ? 0 : random.between(4, 22),
  }
}

/** To tables made before, and to itself. */
function addReferences(random: Random, table: Table, before: readonly Table[], keys: ForeignKey[]): void {
  const targets: Table[] = before.length === 0 ? [] : random.some(before, 2)
  if (targets.length > 0 && random.chance(30)) targets.push(targets[0]!)
  if (random.chance(40)) targets.push(table)
  for (const [i, target] of targets.entries()) {
    const nullable = target === table || target.rowCount === 0 || random.chance(50)
    const first = random.pick([`${target.name}${i}_id`, `ref${i}`, `${target.name}${i}Id`, `in_${i}_id`])
    const columns = target.key.map((name) => {
      const { type } = target.columns.find((each) => each.name === name)!
      const added = column(target.key.length > 1 ? `r${i}_${name}` : first, type, 'reference', nullable)
      table.columns.push(added)
      return added.name
    })
    keys.push({ name: `${table.name}_r${i}_fkey`, source: table, columns, target, targetColumns: target.key })
  }
}

/** One-to-one: its primary key is the foreign key. */
function detailTable(random: Random, target: Table, keys: ForeignKey[]): Table {
  const own = target.key.map((name) => column(`of_${name}`, target.columns.find((each) => each.name === name)!.type, 'reference'))
  const names = own.map(({ name }) => name)
  const table: Table = {
    name: 'detail',
    kind: 'table',
    columns: [...own, column('mark', 'text', 'mark'), column('bio', 'text', 'plain', true), column('data', 'jsonb', 'plain', true)],
    key: names,
    keys: [{ name: 'detail_pkey', columns: names }],
    rights: without,
    computed: [],
    rowCount: Math.ceil((target.rowCount * random.between(0, 10)) / 10),
  }
  keys.push({ name: 'detail_fkey', source: table, columns: names, target, targetColumns: target.key })
  return table
}

/** Many-to-many, with a weight. */
function pairTable(random: Random, left: Table, right: Table, keys: ForeignKey[]): Table {
  const side = (target: Table, prefix: string): Column[] =>
    target.key.map((name) => column(`${prefix}_${name}`, target.columns.find((each) => each.name === name)!.type, 'reference'))
  const [near, far] = [side(left, 'l'), side(right, 'r')]
  const names = [...near, ...far].map(({ name }) => name)
  const table: Table = {
    name: 'pair',
    kind: 'table',
    columns: [
      ...near,
      ...far,
      column('mark', 'text', 'mark'),
      column('weight', 'float8', 'plain', true),
      column('ok', 'bool', 'plain', true),
    ],
    key: names,
    keys: [{ name: 'pair_pkey', columns: names }],
    rights: without,
    computed: [],
    rowCount: left.rowCount === 0 || right.rowCount === 0 ? 0 : random.between(4, 30),
  }
  const add = (target: Table, columns: Column[], end: string) =>
    keys.push({ name: `pair_${end}_fkey`, source: table, columns: columns.map(({ name }) => name), target, targetColumns: target.key })
  add(left, near, 'l')
  add(right, far, 'r')
  return table
}

function withRights(random: Random, table: Table): Table {
  const all = table.columns.map(({ name }) => name)
  const writable = table.columns.filter(({ use }) => use !== 'generated').map(({ name }) => name)
  const most = (names: readonly string[], isNeeded: (column: Column) => boolean) =>
    new Set(names.filter((name) => isNeeded(table.columns.find((each) => each.name === name)!) || random.chance(80)))
  const some = (full: number, names: readonly string[], isNeeded: (column: Column) => boolean): ReadonlySet<string> =>
    random.chance(full) ? new Set(names) : most(names, isNeeded)
  const isWanted = ({ use }: Column) => use === 'key' || use === 'reference'
  const isRequired = ({ nullable, fallback }: Column) => !nullable && fallback === undefined
  const authenticated: Rights = {
    select: random.chance(3) ? new Set() : some(80, all, isWanted),
    insert: some(85, writable, isRequired),
    update: some(85, writable, () => false),
    delete: random.chance(95),
  }
  const anon: Rights = {
    select: random.chance(8) ? new Set() : some(75, all, isWanted),
    insert: random.chance(40) ? some(70, writable, isRequired) : new Set(),
    update: random.chance(40) ? some(60, writable, () => false) : new Set(),
    delete: random.chance(30),
  }
  const service: Rights = { select: new Set(all), insert: new Set(writable), update: new Set(writable), delete: true }
  return Object.assign(table, { rights: { anon, authenticated, service_role: service } })
}

/** A view over one table that shows its key, all references and some columns, some of them under new names. */
function viewOf(random: Random, table: Table, name: string): { view: Relation; sql: string } {
  const isNeeded = ({ nullable, fallback }: Column) => !nullable && fallback === undefined
  const shown = table.columns.filter((each) => each.use !== 'plain' || random.chance(isNeeded(each) ? 90 : 70))
  const columns = shown.map((each, i) => ({
    ...each,
    type: each.type === 'feel' ? ('text' as const) : each.type,
    name: each.use === 'plain' && random.chance(30) ? `renamed_${i}` : each.name,
  }))
  const invoker = random.chance(85) ? ' with (security_invoker = true)' : ''
  const where = random.chance(40) ? ` where hashtext(mark) % 4 <> 0 with ${random.pick(['local', 'cascaded'])} check option` : ''
  const list = shown.map((each, i) => `${quoteName(each.name)} as ${quoteName(columns[i]!.name)}`).join(', ')
  const rightsOf = (role: RoleName): Rights => {
    // With the caller's rights a view shows only what the caller may read below it.
    const below = table.rights[role].select
    const readable = shown.every((each) => below.has(each.name)) && below.has('mark')
    // It may be written with more rights than the table below it, or with as many.
    const allowed = (names: ReadonlySet<string>): ReadonlySet<string> => {
      const isFree = invoker === '' && role !== 'anon'
      return new Set(columns.filter(({ use }, i) => use !== 'generated' && (isFree || names.has(shown[i]!.name))).map((each) => each.name))
    }
    const { insert, update, delete: deletes } = table.rights[role]
    return {
      select: readable || invoker === '' ? new Set(columns.map((each) => each.name)) : new Set(),
      insert: allowed(insert),
      update: allowed(update),
      delete: deletes,
    }
  }
  const rights = { anon: rightsOf('anon'), authenticated: rightsOf('authenticated'), service_role: rightsOf('service_role') }
  return {
    view: { name, kind: 'view', base: table.name, columns, key: table.key, keys: [], rights, computed: [] },
    sql: `create view ${name}${invoker} as select ${list} from ${quoteName(table.name)}${where}`,
  }
}

function tableSql(table: Table): string {
  const columns = table.columns.map((each) => {
    const rest = each.fallback === undefined ? '' : ` default ${quoteText(each.fallback)}`
    const computed = each.use === 'generated' ? ' generated always as (upper(mark)) stored' : ''
    return `${quoteName(each.name)} ${sqlType(each.type)}${each.type === 'feel' ? ' references feel' : ''}${each.nullable ? '' : ' not null'}${rest}${computed}`
  })
  const keys = table.keys.map(({ name, columns: names }, i) => {
    return `constraint ${quoteName(name)} ${i === 0 ? 'primary key' : 'unique'} (${namesOf(names)})`
  })
  // Its name cannot stand in a schema of GraphQL.
  return `create table ${quoteName(table.name)} (${[...columns, `"not a name" text default 'unseen'`, ...keys].join(', ')})`
}

function foreignKeySql({ name, source, columns, target, targetColumns }: ForeignKey): string {
  return `alter table ${quoteName(source.name)} add constraint ${quoteName(name)} foreign key (${namesOf(columns)}) references ${quoteName(target.name)} (${namesOf(targetColumns)})`
}

/** Key values follow from a row's number, so that references can be written without reading anything back. */
export function keyValue(type: TypeName, row: number): string {
  if (type === 'uuid') return `aaaaaaaa-0000-0000-0000-${String(row).padStart(12, '0')}`
  return type === 'text' ? `k${row}` : type === 'int8' ? String(9007199254740990n + BigInt(row)) : String(row)
}

/** A text that occurs once in all rows: to be looked for in answers. */
export const markOf = (number: number): string => `mk${number}k`
export const marksIn = (text: string): string[] => text.match(/mk\d+k/gi)?.map((each) => each.toLowerCase()) ?? []

function rowsSql(random: Random, tables: readonly Table[], keys: readonly ForeignKey[]): string[] {
  let marks = 0
  return tables.flatMap((table) => {
    const own = keys.filter(({ source }) => source === table)
    const columns = table.columns.filter(({ use }) => use !== 'generated')
    const rows = Array.from({ length: table.rowCount }, (_, row) => {
      const values = new Map<string, string | null>(
        columns.map((each) => [
          each.name,
          each.use === 'mark' ? markOf(++marks) : each.use === 'key' ? keyValue(each.type, row) : plainValue(random, each),
        ]),
      )
      for (const key of own) setReference(random, table, key, row, values)
      return `(${[...values.values()].map((value) => (value === null ? 'null' : quoteText(value))).join(', ')})`
    })
    if (rows.length === 0) return []
    return [
      `insert into ${quoteName(table.name)} (${namesOf(columns.map(({ name }) => name))}) values ${rows.join(', ')} on conflict do nothing`,
    ]
  })
}

function setReference(random: Random, table: Table, key: ForeignKey, row: number, values: Map<string, string | null>): void {
  const target = key.target as Table
  const isUnique = table.keys[0]!.columns.every((name) => key.columns.includes(name))
  const among = target === table ? row : target.rowCount
  const { nullable } = table.columns.find((each) => each.name === key.columns[0])!
  const isEmpty = among === 0 || (nullable && random.chance(25))
  const chosen = isUnique ? row : isEmpty ? -1 : random.below(among)
  for (const [i, name] of key.columns.entries()) {
    const { type } = target.columns.find((each) => each.name === key.targetColumns[i])!
    values.set(name, chosen === -1 ? null : keyValue(type, chosen))
  }
}

function plainValue(random: Random, { type, nullable }: Column): string | null {
  return nullable && random.chance(25) ? null : random.pick(columnTypes[type].values)
}

function rightsSql(relation: Relation): string[] {
  const name = quoteName(relation.name)
  const all = relation.columns.length
  const columns = (names: ReadonlySet<string>) => (names.size === all ? '' : ` (${namesOf(names)})`)
  return (['anon', 'authenticated'] as const).flatMap((role) => {
    const { select, insert, update, delete: deletes } = relation.rights[role]
    return [
      `revoke all on ${name} from ${role}`,
      ...(select.size === 0 ? [] : [`grant select${columns(select)} on ${name} to ${role}`]),
      ...(insert.size === 0 ? [] : [`grant insert${columns(insert)} on ${name} to ${role}`]),
      ...(update.size === 0 ? [] : [`grant update${columns(update)} on ${name} to ${role}`]),
      ...(deletes ? [`grant delete on ${name} to ${role}`] : []),
    ]
  })
}

/** What the volatile function of a table does. */
export const touchSql = ({ name }: Relation): string => `update ${quoteName(name)} t set mark = t.mark || '!'`

/** Functions that return some of a table's rows, or change them. */
function functionSql(random: Random, table: Table): string[] {
  const name = quoteName(functionName(table))
  const body = `select * from ${quoteName(table.name)} where abs(hashtext(mark)) % parts = part`
  const one = `${body} order by ${namesOf(table.key)} limit 1`
  const touch = quoteName(touchName(table))
  const update = `${touchSql(table)} where abs(hashtext(t.mark)) % parts = part returning t.*`
  const isSql = random.chance(60)
  const [language, touching] = isSql ? ['sql', update] : ['plpgsql', `begin return query ${update}; end`]
  return [
    `create function ${name}(parts int, part int default 0) returns setof ${quoteName(table.name)} language sql stable as $f$ ${body} $f$`,
    `grant execute on function ${name} to anon, authenticated, service_role`,
    `create function ${quoteName(oneName(table))}(parts int, part int default 0) returns ${quoteName(table.name)} stable ${random.chance(60) ? `language sql as $f$ ${one} $f$` : `language plpgsql as $f$ declare found_row ${quoteName(table.name)}; begin ${one.replace('select *', 'select * into found_row')}; return found_row; end $f$`}`,
    `grant execute on function ${quoteName(oneName(table))} to anon, authenticated, service_role`,
    `create function ${touch}(parts int, part int default 0) returns setof ${quoteName(table.name)} language ${language} as $f$ ${touching} $f$`,
    `grant execute on function ${touch} to anon, authenticated, service_role`,
  ]
}

/** A function that tells all rows of all tables to whoever asks, out of the dialect's sight. */
function contentsSql(tables: readonly Table[]): string[] {
  const parts = tables.map(({ name }) => {
    return `(select coalesce(string_agg(${quoteText(`${name} `)} || to_jsonb(t)::text, chr(10) order by to_jsonb(t)::text), '') from public.${quoteName(name)} t)`
  })
  return [
    'create schema probe',
    `create function probe.contents() returns text language sql volatile security definer as $f$ select concat_ws(chr(10), ${parts.join(', ')}) $f$`,
    'grant usage on schema probe to anon, authenticated, service_role',
    'grant execute on function probe.contents() to anon, authenticated, service_role',
  ]
}
