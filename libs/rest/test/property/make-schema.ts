// A random schema with its rows, rights and policies, as SQL.
import { quoteName, quoteText } from '../../../query/test/property/sql-text.ts'
import { columnTypes, plainTypes } from './column-types.ts'
import { linksOf } from './links.ts'
import type { Caller, Column, ForeignKey, Link, Relation, Schema, TypeName } from './model.ts'
import type { Random } from '../../../query/test/property/random.ts'

const tableNames = ['authors', 'books', 'shops', 'Odd Names', 'events', 'user', 'notes', 'teams']
const columnNames = ['title', 'body', 'Größe', 'a.b', 'group', 'x y', 'score', 'made', 'tags', 'data', 'Kind', 'w"q', 'span', 'extra']
const ann = '00000000-0000-0000-0000-00000000000a'
const bob = '00000000-0000-0000-0000-00000000000b'

export const callers: readonly Caller[] = [
  { name: 'nobody', role: 'anon', claims: {} },
  { name: 'ann', role: 'authenticated', claims: { sub: ann, org: 1 } },
  { name: 'bob', role: 'authenticated', claims: { sub: bob, org: 2 } },
  { name: 'service', role: 'service_role', claims: {} },
]

const namesOf = (names: readonly string[]): string => names.map(quoteName).join(', ')

interface Table extends Relation {
  readonly rowCount: number
}

/** A schema of five to eight tables and up to two views. */
export function makeSchema(random: Random, writable = false): Schema {
  const tables: Table[] = []
  const keys: ForeignKey[] = []
  for (const name of random.shuffle(tableNames).slice(0, random.between(4, 6))) tables.push(plainTable(random, name))
  for (const [i, table] of tables.entries()) addForeignKeys(random, table, tables.slice(0, i), keys)
  const first = tables[0]!
  if (random.chance(60)) tables.push(detailTable(first, keys))
  tables.push(junctionTable(random, 'first_links', first, tables[1]!, keys))
  if (random.chance(30)) tables.push(junctionTable(random, 'other_links', first, tables[1]!, keys))
  const views = random.some(tables.slice(0, 4), 2).map((table, i) => viewOf(random, table, `v_${i}`))
  const links = linksOf(tables, keys, views)
  const computed = random
    .some(
      links.filter(({ source, target }) => source.kind === 'table' && target.kind === 'table'),
      4,
    )
    .map((link, i): Link => ({ ...link, computed: `rel ${i} of ${link.source.name}` }))
  const ddl = [
    `create type mood as enum ('calm', 'happy', 'wild')`,
    ...tables.map(tableSql),
    ...keys.map(foreignKeySql),
    ...tables.map((table) => rowsSql(random, table, tables, keys)),
    ...views.map(({ sql }) => sql),
    ...tables.flatMap(functionsSql),
    ...computed.flatMap(computedLinkSql),
    ...tables.flatMap((table) => policiesSql(random, table, keys, writable)),
    'grant usage on schema public to anon, authenticated',
    ...[...tables, ...views.map(({ view }) => view)].flatMap((relation) => (writable ? [] : grantsSql(random, relation))),
    writable ? 'grant select, insert, update, delete on all tables in schema public to anon, authenticated' : '',
  ].filter((statement) => statement !== '')
  return {
    relations: [...tables, ...views.map(({ view }) => view)],
    links: [...links, ...computed],
    callers,
    rowsMax: 1000,
    ddl: ddl.join(';\n'),
  }
}

function plainTable(random: Random, name: string): Table {
  const composite = random.chance(20)
  const keyType = random.pick<TypeName>(['int4', 'int4', 'uuid', 'text'])
  const key: Column[] = composite
    ? [column('k1', 'int4', false, false), column('k2', 'text', false, false)]
    : [column('id', keyType, false, false)]
  const owner = random.chance(50) ? [column('owner', 'uuid', true)] : []
  const org = random.chance(40) ? [column('org', 'int4', true)] : []
  const plain = random
    .shuffle(columnNames)
    .slice(0, random.between(3, 8))
    .map((columnName) => {
      const type = random.pick(plainTypes)
      return {
        ...column(columnName, type, random.chance(60)),
        fallback: random.chance(20) ? random.pick(columnTypes[type].values) : undefined,
      }
    })
  const columns = [...key, ...owner, ...org, ...plain]
  return {
    name,
    kind: 'table',
    columns,
    key: key.map((item) => item.name),
    computed: computedColumns(random, name),
    rowCount: random.chance(8) ? 0 : random.between(3, 24),
  }
}

function computedColumns(random: Random, table: string): Column[] {
  const types: TypeName[] = random.chance(50) ? ['text', 'int4'] : []
  return types.map((type) => ({ name: `${type} of ${table}`, type, nullable: true, plain: true, computed: true }))
}

/** A function over the near row that gives the far rows. */
function computedLinkSql({ computed, kind, source, target, pairs, through }: Link): string[] {
  const name = `${quoteName(computed!)}(${quoteName(source.name)})`
  const far = through === undefined ? 'f' : 'm'
  const joins = pairs.map(([near, column]) => `${far}.${quoteName(column)} = $1.${quoteName(near)}`)
  for (const [near, column] of through?.far ?? []) joins.push(`m.${quoteName(near)} = f.${quoteName(column)}`)
  const from = `${quoteName(target.name)} f${through === undefined ? '' : `, ${quoteName(through.relation.name)} m`}`
  const rows = kind === 'many-to-one' || kind === 'one-to-one' ? ' rows 1' : ''
  return [
    `create function ${name} returns setof ${quoteName(target.name)} language sql stable${rows} as $f$ select f.* from ${from} where ${joins.join(' and ')} $f$`,
    `grant execute on function ${name} to anon, authenticated`,
  ]
}

/** Functions that return rows of a table. */
export const callableNames = (table: string): { readonly all: string; readonly some: string; readonly listed: string } => ({
  all: `all ${table}`,
  some: `some ${table}`,
  listed: `listed ${table}`,
})

/** What `some` and `listed` return. */
export const someCondition = ({ key }: Relation, parts: string, part: string): string =>
  `abs(hashtext(${quoteName(key[0]!)}::text)) % ${parts} = ${part}`
export const listedCondition = ({ key }: Relation, keys: string): string => `${quoteName(key[0]!)}::text = any(${keys})`

/** Functions that return all or some rows of a table, and its computed columns. */
function functionsSql(table: Table): string[] {
  const name = quoteName(table.name)
  const names = callableNames(table.name)
  const callable = [
    [`${quoteName(names.all)}()`, 'true'],
    [`${quoteName(names.some)}(parts int, part int default 0)`, someCondition(table, 'parts', 'part')],
    [`${quoteName(names.listed)}(keys text[])`, listedCondition(table, 'keys')],
  ]
  const computed = table.computed.map((item) => {
    const expression = item.type === 'text' ? `lower($1.${quoteName(table.key[0]!)}::text)` : `length($1::text)`
    return [
      `create function ${quoteName(item.name)}(${name}) returns ${item.type} language sql stable as $f$ select ${expression} $f$`,
      `grant execute on function ${quoteName(item.name)}(${name}) to anon, authenticated`,
    ]
  })
  return [
    ...callable.flatMap(([signature, condition]) => [
      `create function ${signature} returns setof ${name} language sql stable as $f$ select * from ${name} where ${condition} $f$`,
      `grant execute on function ${signature!.replace(/ default \d/, '')} to anon, authenticated`,
    ]),
    ...computed.flat(),
  ]
}

function column(name: string, type: TypeName, nullable: boolean, plain = true): Column {
  return { name, type, nullable, plain }
}

/** To tables made before, and to itself. */
function addForeignKeys(random: Random, table: Table, others: readonly Table[], keys: ForeignKey[]): void {
  const targets = others.length === 0 ? [] : random.some(others, 2)
  if (targets.length > 0 && random.chance(30)) targets.push(targets[0]!)
  if (random.chance(35)) targets.push(table)
  for (const [i, target] of targets.entries()) {
    const nullable = target === table || target.rowCount === 0 || random.chance(50)
    const columns = target.key.map((key) => {
      const type = target.columns.find((item) => item.name === key)!.type
      const added = column(target.key.length > 1 ? `ref${i}_${key}` : `ref${i}_id`, type, nullable, false)
      table.columns.push(added)
      return added.name
    })
    keys.push({ name: `${table.name}_ref${i}_fkey`, source: table, columns, target, targetColumns: target.key, unique: false })
  }
}

/** One-to-one: its primary key is the foreign key. */
function detailTable(target: Table, keys: ForeignKey[]): Table {
  const own = target.key.map((key) => column(`of_${key}`, target.columns.find((item) => item.name === key)!.type, false, false))
  const table: Table = {
    name: 'details',
    kind: 'table',
    columns: [...own, column('bio', 'text', true), column('points', 'int4', true)],
    key: own.map(({ name }) => name),
    computed: [],
    rowCount: Math.ceil(target.rowCount / 2),
  }
  keys.push({ name: 'details_fkey', source: table, columns: table.key, target, targetColumns: target.key, unique: true })
  return table
}

function junctionTable(random: Random, name: string, near: Table, far: Table, keys: ForeignKey[]): Table {
  const side = (target: Table, prefix: string): Column[] =>
    target.key.map((key) => column(`${prefix}_${key}`, target.columns.find((item) => item.name === key)!.type, false, false))
  const [left, right] = [side(near, 'l'), side(far, 'r')]
  const table: Table = {
    name,
    kind: 'table',
    columns: [...left, ...right, column('weight', 'int4', true)],
    key: [...left, ...right].map((item) => item.name),
    computed: [],
    rowCount: near.rowCount === 0 || far.rowCount === 0 ? 0 : random.between(4, 30),
  }
  for (const [target, columns, end] of [
    [near, left, 'l'],
    [far, right, 'r'],
  ] as const) {
    const names = columns.map((item) => item.name)
    keys.push({ name: `${name}_${end}_fkey`, source: table, columns: names, target, targetColumns: target.key, unique: false })
  }
  return table
}

/** A view over one table that shows its key, all references and some columns, some of them under new names. */
function viewOf(
  random: Random,
  table: Table,
  name: string,
): { view: Relation; base: Relation; names: ReadonlyMap<string, string>; sql: string } {
  const shown = table.columns.filter(({ plain }) => !plain || random.chance(70))
  const names = new Map(shown.map((item, i) => [item.name, item.plain && random.chance(30) ? `renamed_${i}` : item.name]))
  const columns = shown.map((item) => ({ ...item, name: names.get(item.name)! }))
  const invoker = random.chance(70) ? ' with (security_invoker = true)' : ''
  const first = shown[0]!
  const where = random.chance(40) ? ` where ${quoteName(first.name)}::text <> '3'` : ''
  const list = shown.map((item) => `${quoteName(item.name)} as ${quoteName(names.get(item.name)!)}`).join(', ')
  return {
    view: { name, kind: 'view', columns, key: table.key.map((key) => names.get(key)!), computed: [] },
    base: table,
    names,
    sql: `create view ${name}${invoker} as select ${list} from ${quoteName(table.name)}${where}`,
  }
}

function tableSql(table: Table): string {
  const columns = table.columns.map(
    (item) =>
      `${quoteName(item.name)} ${item.type}${item.nullable ? '' : ' not null'}${item.fallback === undefined ? '' : ` default ${quoteText(item.fallback)}`}`,
  )
  return `create table ${quoteName(table.name)} (${columns.join(', ')}, primary key (${namesOf(table.key)}))`
}

function foreignKeySql(key: ForeignKey): string {
  return `alter table ${quoteName(key.source.name)} add constraint ${quoteName(key.name)} foreign key (${namesOf(key.columns)}) references ${quoteName(key.target.name)} (${namesOf(key.targetColumns)})`
}

/** Key values follow from a row's number, so that references can be written without reading anything back. */
export function keyValue(type: TypeName, row: number): string {
  if (type === 'uuid') return `aaaaaaaa-0000-0000-0000-${String(row).padStart(12, '0')}`
  return type === 'text' ? `k${row}` : String(row)
}

function rowsSql(random: Random, table: Table, tables: readonly Table[], keys: readonly ForeignKey[]): string {
  if (table.rowCount === 0) return ''
  const own = keys.filter(({ source }) => source === table)
  const rows = Array.from({ length: table.rowCount }, (_, row) => {
    const values = new Map<string, string | null>(
      table.columns.map((item) => [item.name, item.plain ? plainValue(random, item) : keyValue(item.type, row)]),
    )
    for (const key of own) {
      const target = tables.find((candidate) => candidate === key.target)!
      const isKey = key.columns.every((name) => table.key.includes(name))
      const among = target === table ? row : target.rowCount
      const nullable = table.columns.find((item) => item.name === key.columns[0])!.nullable
      const empty = among === 0 || (nullable && random.chance(25))
      const chosen = isKey && key.unique ? row : empty ? -1 : random.below(among)
      for (const [i, name] of key.columns.entries()) {
        const { type } = target.columns.find((item) => item.name === key.targetColumns[i])!
        values.set(name, chosen === -1 ? null : keyValue(type, chosen))
      }
    }
    return `(${[...values.values()].map((value) => (value === null ? 'null' : quoteText(value))).join(', ')})`
  })
  return `insert into ${quoteName(table.name)} values ${rows.join(', ')} on conflict do nothing`
}

function plainValue(random: Random, { type, nullable }: Column): string | null {
  return nullable && random.chance(25) ? null : random.pick(columnTypes[type].values)
}

function policiesSql(random: Random, table: Table, keys: readonly ForeignKey[], writable: boolean): string[] {
  const name = quoteName(table.name)
  if (random.chance(35)) return []
  const conditions = ['true', `${quoteName(table.key[0]!)}::text > '1'`, '(select auth.role()) <> $$anon$$']
  if (table.columns.some((item) => item.name === 'owner'))
    conditions.push('owner = auth.uid()', 'owner = (select auth.uid()) or owner is null')
  if (table.columns.some((item) => item.name === 'org')) conditions.push(`org = (auth.jwt() ->> 'org')::int`)
  const key = keys.find((candidate) => candidate.source === table && candidate.target !== table)
  if (key !== undefined) {
    const [near, far] = [quoteName(key.columns[0]!), quoteName(key.targetColumns[0]!)]
    conditions.push(`${near} in (select p.${far} from ${quoteName(key.target.name)} p)`)
  }
  const policies = random.some(conditions, 2).map((condition, i) => {
    const to = random.chance(30) ? ' to authenticated' : ''
    return `create policy p${i} on ${name} for ${writable && random.chance(60) ? 'all' : 'select'}${to} using (${condition})`
  })
  if (random.chance(20))
    policies.push(`create policy r on ${name} as restrictive for select using (${quoteName(table.key[0]!)}::text <> '2')`)
  return [`alter table ${name} enable row level security`, ...policies]
}

function grantsSql(random: Random, relation: Relation): string[] {
  const name = quoteName(relation.name)
  return (['anon', 'authenticated'] as const).map((role) => {
    const how = random.below(100)
    if (how < 1) return ''
    if (how < 4) {
      const columns = relation.columns.filter((item) => !item.plain || random.chance(85)).map((item) => item.name)
      return `grant select (${namesOf(columns)}) on ${name} to ${role}`
    }
    return `grant select on ${name} to ${role}`
  })
}
