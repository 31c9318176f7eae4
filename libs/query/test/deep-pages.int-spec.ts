// A page behind a cursor: the same rows as by counting, and by an index that begins where the page does.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileQueryDocument, type ConnectionReadNode, documentOf, type OrderNode } from '#libs/query'
import { Compiler, value } from './compiler.ts'

const rows = 20_000
let db: Compiler

beforeAll(async () => {
  db = await Compiler.start(`
    create table item (id int primary key, a int not null, b text not null, n int);
    insert into item select g, g % 100, 'b' || g % 7, case when g % 3 = 0 then null else g % 50 end from generate_series(1, ${rows}) g;
    create index on item (a, b, id);
    create index on item (a, b desc, id);
    create index on item (a desc, id desc);
    analyze item;
    grant select on item to service_role;`)
})
afterAll(() => db[Symbol.asyncDispose]())

type Key = readonly [name: string, direction: OrderNode['direction'], nulls?: 'first' | 'last']

const connection = (keys: readonly Key[], more: Partial<ConnectionReadNode> = {}): ConnectionReadNode => ({
  kind: 'connection_read',
  relation: db.relation('item'),
  order: keys.map(([name, direction, nulls]) => ({
    ...db.order('item', name, direction),
    ...(nulls === undefined ? {} : { nulls }),
    name,
  })),
  fromEnd: false,
  size: 10,
  parts: [
    { kind: 'edges', key: 'edges', parts: [{ kind: 'node', key: 'node', fields: db.fields('item', 'id') }] },
    {
      kind: 'page_info',
      key: 'info',
      parts: [
        { kind: 'has_next_page', key: 'next' },
        { kind: 'has_previous_page', key: 'previous' },
      ],
    },
  ],
  ...more,
})
const typed = (name: string, text: string | null) => ({ ...value(text), type: db.realColumn('item', name).type })

/** Order and cursor by hand. */
const sqlOf = (keys: readonly Key[]) =>
  keys.map(([name, direction, nulls]) => `${name} ${direction}${nulls === undefined ? '' : ` nulls ${nulls}`}`).join(', ')

const orders: readonly (readonly Key[])[] = [
  [
    ['a', 'asc'],
    ['b', 'asc'],
    ['id', 'asc'],
  ],
  [
    ['a', 'desc'],
    ['id', 'desc'],
  ],
  [
    ['a', 'asc'],
    ['b', 'desc'],
    ['id', 'asc'],
  ],
  [
    ['a', 'desc'],
    ['b', 'asc'],
    ['id', 'desc'],
  ],
  [
    ['n', 'asc'],
    ['id', 'asc'],
  ],
  [
    ['n', 'desc', 'last'],
    ['a', 'asc'],
    ['id', 'asc'],
  ],
  [
    ['a', 'asc'],
    ['n', 'asc', 'first'],
    ['id', 'desc'],
  ],
]

describe.each(orders.map((keys) => [sqlOf(keys), keys] as const))('ordered by %s', (sql, keys) => {
  it('a page behind or before any row is what counting finds', async () => {
    const all = await db.db.sql<{ id: number; a: number; b: string; n: number | null }>(`select * from item order by ${sql}`)
    for (const place of [0, 1, 199, 5_000, 13_333, rows - 3, rows - 1]) {
      const row = all[place]!
      const cursor = keys.map(([name]) => {
        const held = row[name as keyof typeof row]
        return typed(name, held === null ? null : String(held))
      })
      for (const fromEnd of [false, true]) {
        const plan = compileQueryDocument([
          { key: 'x', node: connection(keys, { fromEnd, ...(fromEnd ? { before: cursor } : { after: cursor }) }) },
        ])
        const page = JSON.parse(documentOf(plan, (await db.run(plan))['body'])).x
        const expected = fromEnd ? all.slice(Math.max(0, place - 10), place) : all.slice(place + 1, place + 11)
        expect(page.edges.map(({ node }: any) => node.id)).toEqual(expected.map(({ id }) => id))
        expect(page.info).toEqual(fromEnd ? { previous: place > 10, next: true } : { previous: true, next: place + 11 < rows })
      }
    }
  })
})

it('an index is entered at the cursor, not at its beginning', async () => {
  for (const keys of orders.slice(0, 3)) {
    const texts: Record<string, string> = { a: '50', b: 'b3', id: '10000' }
    const node = connection(keys, {
      after: keys.map(([name]) => typed(name, texts[name]!)),
      parts: [{ kind: 'edges', key: 'e', parts: [{ kind: 'node', key: 'n', fields: db.fields('item', 'id') }] }],
    })
    const plan = compileQueryDocument([{ key: 'x', node }])
    const text = plan.parameters.reduce(
      (sql, { value: each }, i) => sql.replaceAll(new RegExp(`\\$${i + 1}(?!\\d)`, 'g'), `'${each}'`),
      plan.text,
    )
    const lines = (await db.db.sql<{ 'QUERY PLAN': string }>(`explain (analyze, costs off, timing off, summary off) ${text}`)).map(
      (line) => line['QUERY PLAN'],
    )
    const condition = lines.find((line) => line.includes('Index Cond'))
    expect(condition, lines.join('\n')).toMatch(keys.length === 3 && keys[1]![1] === 'desc' ? /\(a >= 50\)/ : /ROW\(.*\) [<>] ROW\(/)
    const removed = lines.map((line) => /Rows Removed by Filter: (\d+)/.exec(line)?.[1] ?? '0').map(Number)
    expect(Math.max(...removed), lines.join('\n')).toBeLessThan(250)
  }
})
